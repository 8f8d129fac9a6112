import { createWriteStream, type WriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { StoreError } from '../backends/backend.ts';
import { countKeys } from '../entries/count-keys.ts';
import { inBatches } from '../entries/entry-store.ts';
import { readEntries, toJson } from '../entries/json-lines.ts';
import { HostError, reasonOf } from '../host-error.ts';
import { EntryProgress } from './entry-progress.ts';
import { inputOf, isOfSystem } from './input.ts';
import type { KvSession } from './kv-session.ts';
import { Output } from './output.ts';

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
  const progress = new EntryProgress(stderr, 'importing');
  let bytes = 0;
  const counted = async function* () {
    for await (const chunk of source.chunks) {
      bytes += chunk.length;
      yield Buffer.from(chunk);
    }
  };
  let count = 0;
  try {
    for await (const batch of inBatches(readEntries(counted()))) {
      if (signal.aborted) break;
      await opened.store.write(batch);
      count += batch.length;
      progress.update(count, source.size === undefined ? undefined : bytes / source.size);
    }
  } catch (error) {
    if (!signal.aborted) throw explained(error, source.name, count);
  } finally {
    progress.end();
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

/** `kvasi kv export`: JSON Lines to a file or standard output. */
export async function exportEntries(
  session: KvSession,
  bucket: string,
  file: string | undefined,
  prefix: string,
): Promise<void> {
  const { context } = session;
  const { cwd, stderr, signal } = context;
  await using opened = await session.open(bucket);
  const target = file === undefined ? undefined : await fileFor(resolve(cwd, file), file);
  const output = target === undefined ? context.stdout : new Output(target, file);
  const closed = target === undefined ? undefined : finished(target);
  closed?.catch(() => {});
  context.heedSignals();
  const progress = new EntryProgress(stderr, 'exporting');
  const total = await countKeys(opened.store, prefix);
  let count = 0;
  try {
    for await (const { entries } of opened.store.read(undefined, prefix)) {
      output.jsonLines(entries.map(toJson));
      await output.drained();
      count += entries.length;
      progress.update(count, total.exact ? count / Math.max(1, total.count) : undefined);
      if (signal.aborted) break;
    }
    target?.end();
    await closed;
  } catch (error) {
    if (file === undefined || !(error instanceof HostError) || error.code !== 'output') throw error;
    throw new HostError('usage', error.message, { cause: error });
  } finally {
    progress.end();
  }
  if (signal.aborted) throw new HostError('backend', `stopped after ${count} keys.`);
  if (file !== undefined) stderr.line(`${count} keys of ${opened.name} are in ${file}`);
}

/** Opens a file for writing; a pipe would be waited for until somebody reads it. */
async function fileFor(path: string, file: string): Promise<WriteStream> {
  const there = await stat(path).catch(() => undefined);
  if (there?.isDirectory()) throw new HostError('usage', `${file} is a folder. Name a file in it.`);
  if (there?.isFIFO() || there?.isSocket())
    throw new HostError('usage', `${file} is no file. Leave it out to write to standard output.`);
  return createWriteStream(path);
}
