import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { countKeys } from '../entries/count-keys.ts';
import { inBatches } from '../entries/entry-store.ts';
import { readEntries, toJson } from '../entries/json-lines.ts';
import { HostError, reasonOf } from '../host-error.ts';
import type { CommandContext } from './command-context.ts';
import { EntryProgress } from './entry-progress.ts';
import type { KvSession } from './kv-session.ts';
import { print } from './print.ts';

/** `kvasi kv import`: JSON Lines from a file or standard input. */
export async function importEntries(
  session: KvSession,
  bucket: string,
  file: string | undefined,
  json: boolean,
): Promise<void> {
  await using opened = await session.open(bucket);
  const { stdout, stderr, signal } = session.context;
  const source = await open(file, session.context);
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
    if (!(error instanceof HostError) || error.code !== 'usage') throw error;
    throw new HostError(
      'usage',
      `${file ?? 'standard input'}: ${error.message} ${count} entries before it were set.`,
    );
  } finally {
    progress.end();
  }
  if (signal.aborted) throw new HostError('backend', `stopped after ${count} keys.`);
  await print(
    stdout,
    json ? `${JSON.stringify({ imported: count })}\n` : `${count} keys set in ${opened.name}\n`,
  );
}

/** `kvasi kv export`: JSON Lines to a file or standard output. */
export async function exportEntries(
  session: KvSession,
  bucket: string,
  file: string | undefined,
  prefix: string,
): Promise<void> {
  await using opened = await session.open(bucket);
  const { cwd, stdout, stderr, signal } = session.context;
  const target = file === undefined ? undefined : createWriteStream(resolve(cwd, file));
  const closed = target === undefined ? undefined : finished(target);
  closed?.catch(() => {});
  const progress = new EntryProgress(stderr, 'exporting');
  const total = await countKeys(opened.store, prefix);
  let count = 0;
  try {
    for await (const { entries } of opened.store.read(undefined, prefix)) {
      if (signal.aborted) break;
      if (entries.length === 0) continue;
      await print(target ?? stdout, `${entries.map(toJson).join('\n')}\n`);
      count += entries.length;
      progress.update(count, total.exact ? count / Math.max(1, total.count) : undefined);
    }
    target?.end();
    await closed;
  } catch (error) {
    if (file === undefined || !(error instanceof Error && 'syscall' in error)) throw error;
    throw new HostError('usage', `${file} can't be written: ${reasonOf(error)}`, { cause: error });
  } finally {
    progress.end();
  }
  if (signal.aborted) throw new HostError('backend', `stopped after ${count} keys.`);
  if (file !== undefined) stderr.write(`${count} keys of ${opened.name} are in ${file}\n`);
}

async function open(
  file: string | undefined,
  { cwd, stdin }: CommandContext,
): Promise<{ chunks: AsyncIterable<Uint8Array>; size: number | undefined }> {
  if (file === undefined || file === '-') return { chunks: stdin, size: undefined };
  const path = resolve(cwd, file);
  try {
    const { size } = await stat(path);
    return { chunks: createReadStream(path), size };
  } catch (cause) {
    throw new HostError('usage', `${file} can't be read: ${reasonOf(cause)}`, { cause });
  }
}
