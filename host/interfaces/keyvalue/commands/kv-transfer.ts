import { resolve } from 'node:path';
import { isOfSystem } from '../../../shared/file-reason.ts';
import { HostError, reasonOf } from '../../../shared/host-error.ts';
import type { CommandContext } from '../../../terminal/command-context.ts';
import { inputOf } from '../../../terminal/input.ts';
import { Output } from '../../../terminal/output.ts';
import { ReplacedFile } from '../../../terminal/replaced-file.ts';
import { StoreError } from '../backends/backend.ts';
import { countKeys } from '../transfer/count-keys.ts';
import { inBatches } from '../transfer/entry-store.ts';
import { readEntries, toJson } from '../transfer/json-lines.ts';
import { EntryProgress } from './entry-progress.ts';
import type { KvSession } from './kv-session.ts';
import type { OpenedBucket } from './opened-bucket.ts';

/** `kvasi kv import`: JSON Lines from a file or standard input. */
export async function importEntries(
  session: KvSession,
  bucket: string,
  file: string | undefined,
  json: boolean,
): Promise<void> {
  const { context } = session;
  const { stdout, stderr, signal } = context;
  const source = await inputOf(file, context);
  await using opened = await session.open(bucket);
  context.heedSignals();
  let bytes = 0;
  const counted = async function* () {
    for await (const chunk of source.chunks) {
      bytes += chunk.length;
      yield Buffer.from(chunk);
    }
  };
  let count = 0;
  try {
    using progress = new EntryProgress(stderr, 'importing');
    for await (const batch of inBatches(readEntries(counted()))) {
      if (signal.aborted) break;
      await opened.store.write(batch);
      count += batch.length;
      progress.update(count, source.size === undefined ? undefined : bytes / source.size);
    }
  } catch (error) {
    if (!signal.aborted) throw explained(error, source.name, count);
  }
  if (signal.aborted) throw new HostError('backend', `stopped after ${count} keys.`);
  if (json) stdout.json({ imported: count });
  else stdout.line(`${count} keys set in ${opened.name}`);
}

/** What went wrong in the middle of an import, and how far it had come. */
function explained(error: unknown, name: string, count: number): unknown {
  if (error instanceof HostError && error.code === 'usage')
    return new HostError('usage', `${name}: ${error.message} ${count} entries before it were set.`);
  if (error instanceof StoreError || error instanceof HostError) {
    // Of those that were given to the store together some may be set.
    const reason = `${error.message.replace(/\.?$/, '.')} At least ${count} entries of ${name} were set before.`;
    return new HostError('backend', reason, { cause: error });
  }
  if (!isOfSystem(error)) return error;
  const reason = `${name} can't be read any more: ${reasonOf(error)}. ${count} entries before that were set.`;
  return new HostError('usage', reason, { cause: error });
}

/** `kvasi kv export`: JSON Lines to a file, which is replaced when all is there, or to standard output. */
export async function exportEntries(
  session: KvSession,
  bucket: string,
  file: string | undefined,
  prefix: string,
): Promise<void> {
  const { context } = session;
  await using opened = await session.open(bucket);
  if (file === undefined || file === '-') {
    context.heedSignals();
    const count = await writeEntries(opened, prefix, context.stdout, context);
    if (context.signal.aborted) throw new HostError('backend', `stopped after ${count} keys.`);
    return;
  }
  const path = resolve(context.cwd, file);
  if (file === '') throw new HostError('usage', `"" is no name that a file can have.`);
  const store = await session.storeOf(path);
  if (store !== undefined) {
    throw new HostError('usage', `${file} belongs to ${store}, which would be lost. Name another file.`);
  }
  context.heedSignals();
  await using target = await ReplacedFile.create(path, file);
  const count = await writeEntries(opened, prefix, new Output(target.stream, file), context);
  if (context.signal.aborted) {
    throw new HostError('backend', `stopped after ${count} keys; nothing was written to ${file}.`);
  }
  await target.finish();
  context.stderr.line(`${count} keys of ${opened.name} are in ${file}`);
}

/** Answers how many they were. */
async function writeEntries(
  { store }: OpenedBucket,
  prefix: string,
  output: Output,
  { stderr, signal }: CommandContext,
): Promise<number> {
  using progress = new EntryProgress(stderr, 'exporting');
  const total = await countKeys(store, prefix);
  let count = 0;
  for await (const { entries } of store.read(undefined, prefix)) {
    output.jsonLines(entries.map(toJson));
    await output.drained();
    count += entries.length;
    progress.update(count, total.exact ? count / Math.max(1, total.count) : undefined);
    if (signal.aborted) break;
  }
  return count;
}
