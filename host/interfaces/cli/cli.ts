import type { GuestCommand } from '../../runtime/worker/guest.ts';
import { GuestExit } from '../../runtime/worker/guest-exit.ts';
import { reasonOf } from '../../shared/host-error.ts';
import { type ByteSink, type ByteSource, closed, failed, InputStream, OutputStream } from '../io/streams.ts';

/** How many bytes are printed at once, at most. */
const mostAtOnce = 64 * 1024;

/** What `wasi:cli` shows a guest of the world outside. */
export interface CliContext {
  readonly environment: Readonly<Record<string, string>>;
  /** Absent where the guest is none; then it has no arguments, and standard input is empty. */
  readonly command?: GuestCommand | undefined;
  /** Takes what the guest writes to its standard output and error. */
  print(stream: 'stdout' | 'stderr', bytes: Uint8Array, request?: number): void;
  /** The request that is served now, for `print`. Default: none is told from others. */
  request?(): number;
  /** How many bytes it takes now. Default: as many as come. */
  readonly output?: Pick<ByteSink, 'permit' | 'whenReady'>;
}

class TerminalInput {}
class TerminalOutput {}

function terminals(context: CliContext): Record<string, Record<string, unknown>> {
  return {
    'wasi:cli/terminal-input': { TerminalInput },
    'wasi:cli/terminal-output': { TerminalOutput },
    'wasi:cli/terminal-stdin': {
      getTerminalStdin: () => (context.command?.terminals.stdin === true ? new TerminalInput() : undefined),
    },
    'wasi:cli/terminal-stdout': {
      getTerminalStdout: () =>
        context.command?.terminals.stdout === true ? new TerminalOutput() : undefined,
    },
    'wasi:cli/terminal-stderr': {
      getTerminalStderr: () =>
        context.command?.terminals.stderr === true ? new TerminalOutput() : undefined,
    },
  };
}

const exit = {
  exit(status: { tag: 'ok' | 'err' }): never {
    throw new GuestExit(status.tag === 'ok' ? 0 : 1);
  },
  exitWithCode(status: number): never {
    throw new GuestExit(status);
  },
};

/** `wasi:cli` imports. */
export function cli(context: CliContext): Record<string, Record<string, unknown>> {
  return {
    ...terminals(context),
    'wasi:cli/environment': {
      getEnvironment: () => Object.entries(context.environment),
      getArguments: () => context.command?.args ?? [],
      initialCwd: () => undefined,
    },
    'wasi:cli/exit': exit,
    'wasi:cli/stdin': { getStdin: () => new InputStream(inputOf(context)) },
    'wasi:cli/stdout': { getStdout: () => new OutputStream(printer(context, 'stdout')) },
    'wasi:cli/stderr': { getStderr: () => new OutputStream(printer(context, 'stderr')) },
  };
}

function inputOf({ command }: CliContext): ByteSource {
  if (command === undefined) return emptySource;
  const { stdin } = command;
  return {
    get ready() {
      return stdin.ready;
    },
    read(limit) {
      let bytes: Uint8Array | undefined;
      try {
        bytes = stdin.read(limit);
      } catch (error) {
        throw failed(reasonOf(error));
      }
      if (bytes === undefined) throw closed;
      return bytes;
    },
    whenReady: () => stdin.whenReady(),
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
