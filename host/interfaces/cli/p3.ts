import { HostFuture } from '../../engine/async/host-future.ts';
import { HostSource } from '../../engine/async/host-source.ts';
import type { ReadableFuture } from '../../engine/async/shared-future.ts';
import type { ReadableStream } from '../../engine/async/shared-stream.ts';
import { StreamReader } from '../../engine/async/stream-reader.ts';
import type { GuestInput } from '../../runtime/worker/guest.ts';
import type { MaybePromise } from '../../shared/maybe-promise.ts';
import { type CliContext, cli as cli2 } from './cli.ts';

/** How many bytes are printed at once, at most. */
const mostAtOnce = 64 * 1024;
const done = { tag: 'ok' } as const;

type Ended = typeof done | { readonly tag: 'err'; readonly val: 'io' };

/** `wasi:cli@0.3.0` imports. */
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
      readViaStream: () => reading(context),
    },
    'wasi:cli/stdout': { writeViaStream: (stream: ReadableStream) => printing(context, 'stdout', stream) },
    'wasi:cli/stderr': { writeViaStream: (stream: ReadableStream) => printing(context, 'stderr', stream) },
  };
}

/** Standard input to its end, and how that came. */
function reading({ command }: CliContext): [ReadableStream, ReadableFuture] {
  const ended = Promise.withResolvers<Ended>();
  const take = (most: number): Uint8Array | undefined => {
    try {
      const bytes = command?.stdin.read(Math.min(most, mostAtOnce));
      if (bytes === undefined) ended.resolve(done);
      return bytes;
    } catch {
      ended.resolve({ tag: 'err', val: 'io' });
      return undefined;
    }
  };
  const source = {
    read(most: number): MaybePromise<Uint8Array | undefined> {
      if (command === undefined || command.stdin.ready) return take(most);
      return untilReady(command.stdin).then(() => take(most));
    },
    cancel: () => ended.resolve(done),
  };
  return [new HostSource(source), new HostFuture(() => ended.promise)];
}

async function untilReady(input: GuestInput): Promise<void> {
  while (!input.ready) await input.whenReady();
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
