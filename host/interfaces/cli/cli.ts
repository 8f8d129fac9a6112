import { GuestExit } from '../../runtime/worker/guest-exit.ts';
import { type ByteSink, closed, InputStream, OutputStream } from '../io/streams.ts';

/** How many bytes are printed at once, at most. */
const mostAtOnce = 64 * 1024;

/** What `wasi:cli` shows a guest of the world outside. */
export interface CliContext {
  readonly environment: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  /** Takes what the guest writes to its standard output and error. */
  print(stream: 'stdout' | 'stderr', bytes: Uint8Array, request?: number): void;
  /** The request that is served now, for `print`. Default: none is told from others. */
  request?(): number;
  /** How many bytes it takes now. Default: as many as come. */
  readonly output?: Pick<ByteSink, 'permit' | 'whenReady'>;
}

class TerminalInput {}
class TerminalOutput {}

const noTerminals = {
  'wasi:cli/terminal-input': { TerminalInput },
  'wasi:cli/terminal-output': { TerminalOutput },
  'wasi:cli/terminal-stdin': { getTerminalStdin: (): undefined => undefined },
  'wasi:cli/terminal-stdout': { getTerminalStdout: (): undefined => undefined },
  'wasi:cli/terminal-stderr': { getTerminalStderr: (): undefined => undefined },
};

const exit = {
  exit(status: { tag: 'ok' | 'err' }): never {
    throw new GuestExit(status.tag === 'ok' ? 0 : 1);
  },
  exitWithCode(status: number): never {
    throw new GuestExit(status);
  },
};

/** `wasi:cli` imports. Standard input is empty. */
export function cli(context: CliContext): Record<string, Record<string, unknown>> {
  return {
    ...noTerminals,
    'wasi:cli/environment': {
      getEnvironment: () => Object.entries(context.environment),
      getArguments: () => context.args,
      initialCwd: () => undefined,
    },
    'wasi:cli/exit': exit,
    'wasi:cli/stdin': { getStdin: () => new InputStream(emptySource) },
    'wasi:cli/stdout': { getStdout: () => new OutputStream(printer(context, 'stdout')) },
    'wasi:cli/stderr': { getStderr: () => new OutputStream(printer(context, 'stderr')) },
  };
}

const emptySource = {
  ready: true,
  read(): never {
    throw closed;
  },
  whenReady: () => Promise.resolve(),
};

function printer(context: CliContext, stream: 'stdout' | 'stderr'): ByteSink {
  return {
    permit: () => Math.min(mostAtOnce, context.output?.permit() ?? mostAtOnce),
    write: (bytes) => context.print(stream, bytes),
    flush: () => {},
    whenReady: () => context.output?.whenReady() ?? Promise.resolve(),
  };
}
