import { HostFuture } from '../../engine/async/host-future.ts';
import { HostSource } from '../../engine/async/host-source.ts';
import type { ReadableFuture } from '../../engine/async/shared-future.ts';
import type { ReadableStream } from '../../engine/async/shared-stream.ts';
import { StreamReader } from '../../engine/async/stream-reader.ts';
import { type CliContext, cli as cli2 } from './cli.ts';

/** How many bytes are printed at once, at most. */
const mostAtOnce = 64 * 1024;
const done = { tag: 'ok' } as const;

/** `wasi:cli@0.3.0` imports. Standard input is empty. */
export function cli(context: CliContext): Record<string, Record<string, unknown>> {
  const { 'wasi:cli/environment': environment, 'wasi:cli/exit': exit, ...others } = cli2(context);
  const terminals = Object.fromEntries(
    Object.entries(others).filter(([name]) => name.startsWith('wasi:cli/terminal-')),
  );
  return {
    ...terminals,
    'wasi:cli/types': {},
    'wasi:cli/exit': exit ?? {},
    'wasi:cli/environment': {
      getEnvironment: environment?.getEnvironment,
      getArguments: environment?.getArguments,
      getInitialCwd: () => undefined,
    },
    'wasi:cli/stdin': {
      readViaStream: () => [new HostSource({ read: () => undefined }), new HostFuture(() => done)],
    },
    'wasi:cli/stdout': { writeViaStream: (stream: ReadableStream) => printing(context, 'stdout', stream) },
    'wasi:cli/stderr': { writeViaStream: (stream: ReadableStream) => printing(context, 'stderr', stream) },
  };
}

/** Prints a stream to its end. */
function printing(
  { print, output, request }: CliContext,
  name: 'stdout' | 'stderr',
  stream: ReadableStream,
): ReadableFuture {
  const reader = new StreamReader(stream);
  const id = request?.();
  const ended = Promise.withResolvers<typeof done>();
  const next = (): void => {
    const permit = Math.min(mostAtOnce, output?.permit() ?? mostAtOnce);
    if (permit === 0) {
      // The guest has ended where nobody waits any more.
      output?.whenReady().then(next, () => reader.drop());
      return;
    }
    reader.read(permit, (chunk) => {
      if (chunk === undefined) {
        ended.resolve(done);
        return;
      }
      if (chunk.length > 0) print(name, chunk as Uint8Array, id);
      queueMicrotask(next);
    });
  };
  next();
  return new HostFuture(() => ended.promise);
}
