import { resolve } from 'node:path';
import { isOfSystem } from '../../../shared/file-reason.ts';
import { HostError, reasonOf } from '../../../shared/host-error.ts';
import { inputOf } from '../../../terminal/input.ts';
import { Output } from '../../../terminal/output.ts';
import { ReplacedFile } from '../../../terminal/replaced-file.ts';
import type { ObjectId } from '../backends/backend.ts';
import type { BlobSession } from './blob-session.ts';
import type { OpenObject } from './blob-store.ts';
import { ByteProgress } from './byte-progress.ts';

/** `kvasi blob get`: the bytes of the object and nothing else. */
export async function get(session: BlobSession, id: ObjectId, file: string | undefined): Promise<void> {
  const { context } = session;
  if (file === '') throw new HostError('usage', `"" is no name that a file can have.`);
  await using store = await session.open();
  await using object = await store.read(id);
  context.heedSignals();
  if (file === undefined || file === '-') {
    await print(object, context.stdout, context.signal);
    return;
  }
  await using target = await ReplacedFile.create(resolve(context.cwd, file), file);
  using progress = new ByteProgress(context.stderr, 'reading', object.size);
  await print(object, new Output(target.stream, file), context.signal, progress);
  await target.finish();
}

/** `kvasi blob put`: what was there stays until all bytes have come. */
export async function put(session: BlobSession, id: ObjectId, file: string | undefined): Promise<void> {
  const { context } = session;
  const { chunks, name, size } = await inputOf(file, context);
  await using store = await session.open();
  await store.ensure(id.container);
  context.heedSignals();
  using progress = new ByteProgress(context.stderr, 'writing', size);
  await store.write(id, counted(chunks, name, progress));
}

async function print(
  object: OpenObject,
  output: Output,
  signal: AbortSignal,
  progress?: ByteProgress,
): Promise<void> {
  for await (const part of object.parts) {
    output.bytes(part);
    await output.drained();
    progress?.add(part.length);
    if (signal.aborted) throw new HostError('backend', 'stopped before all bytes were read.');
  }
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  progress: ByteProgress,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of chunks) {
      progress.add(chunk.length);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') {
      throw new HostError('backend', 'stopped; nothing was written.', { cause: error });
    }
    if (!isOfSystem(error)) throw error;
    const reason = `${name} can't be read any more: ${reasonOf(error)}. Nothing was written.`;
    throw new HostError('usage', reason, { cause: error });
  }
}
