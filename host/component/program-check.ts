import { Worker } from 'node:worker_threads';
import { BinaryReader } from '../engine/decode/binary-reader.ts';
import { checkLink } from '../engine/link/link-check.ts';
import type { LinkedProgram } from '../engine/link/program.ts';
import { HostError, reasonOf } from '../shared/host-error.ts';
import { threadUrl } from '../shared/thread-url.ts';

/** How long the start of a component may take, in milliseconds. */
const longestStart = 5000;
const startSection = 8;

/** What a thread is asked, and what it answers: why the start failed, or nothing. */
export type StartCheck = Omit<LinkedProgram, 'kind'>;
export interface StartAnswer {
  readonly problem: string | undefined;
}

/**
 * Throws a `HostError` when the core modules of a component can't be put together, or their start traps. Every request would
 * fail of it. A start is run in a thread of its own, without anything of the host; where it asks for something, the check ends.
 *
 * @param modules the bytes of the program's modules
 */
export async function checkProgram(
  path: string,
  program: LinkedProgram,
  modules: readonly Uint8Array<ArrayBuffer>[],
): Promise<void> {
  const bare = modules.map(withoutStart);
  const hasStart = bare.some((bytes, index) => bytes !== modules[index]);
  try {
    const compiled = hasStart
      ? await Promise.all(bare.map((bytes) => WebAssembly.compile(bytes)))
      : program.modules;
    checkLink({ ...program, modules: compiled });
  } catch (cause) {
    // V8 names its own function first.
    const reason = reasonOf(cause).replace(/^WebAssembly\.\w+\(\): /, '');
    throw new HostError('component', `${path} can't be put together: ${reason}. Build it again.`, { cause });
  }
  if (!hasStart) return;
  const problem = await startProblem(program);
  if (problem !== undefined) throw new HostError('component', `${path} can't start: ${problem}`);
}

function startProblem(program: LinkedProgram): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const workerData: StartCheck = program;
  const worker = new Worker(threadUrl('start-thread', import.meta.url), { workerData, env: {} });
  const timer = setTimeout(
    () => resolve(`its start does not end within ${longestStart / 1000} s.`),
    longestStart,
  );
  worker.once('message', ({ problem }: StartAnswer) => resolve(problem));
  worker.once('error', (error) => resolve(reasonOf(error)));
  worker.once('exit', () => resolve(undefined));
  return promise.finally(() => {
    clearTimeout(timer);
    void worker.terminate();
  });
}

/** The same bytes where a module has no start. */
function withoutStart(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const reader = new BinaryReader(bytes, 8);
  while (!reader.done) {
    const begin = reader.position;
    const id = reader.byte();
    reader.slice(reader.u32());
    if (id === startSection) {
      const bare = new Uint8Array(bytes.length - (reader.position - begin));
      bare.set(bytes.subarray(0, begin));
      bare.set(bytes.subarray(reader.position), begin);
      return bare;
    }
  }
  return bytes;
}
