import { parseDuration } from '../../../shared/duration.ts';
import { HostError } from '../../../shared/host-error.ts';
import { printable } from '../../../shared/printable.ts';
import type { CommandContext } from '../../../terminal/command-context.ts';
import { inputOf, readWhole } from '../../../terminal/input.ts';
import { keyPages } from '../backends/all-keys.ts';
import { largestValue } from '../backends/limits.ts';
import { toJson } from '../transfer/json-lines.ts';
import type { KvSession } from './kv-session.ts';

/** `kvasi kv get`: the bytes of the value and nothing else, or one JSON object. */
export async function get(session: KvSession, bucket: string, key: string, json: boolean): Promise<void> {
  await using opened = await session.open(bucket);
  const value = await opened.store.get(key);
  if (value === undefined) throw new HostError('backend', `${opened.name} has no key '${key}'.`);
  const { stdout } = session.context;
  if (json) stdout.jsonLines([toJson({ key, value })]);
  else stdout.bytes(value);
}

/** Where a value comes from; standard input where nothing is given. */
interface ValueSource {
  readonly value?: string | undefined;
  readonly file?: string | undefined;
}

/** `kvasi kv set`. */
export async function set(
  session: KvSession,
  bucket: string,
  key: string,
  source: ValueSource,
  given?: string,
): Promise<void> {
  const ttl = given === undefined ? undefined : lifeOf(given);
  if (source.value !== undefined && source.file !== undefined) {
    throw new HostError('usage', 'a value and --file are given. Give one of them.');
  }
  const value = await read(source, session.context);
  await using opened = await session.open(bucket);
  await opened.store.set(key, value, ttl);
}

/** `kvasi kv delete`. */
export async function remove(session: KvSession, bucket: string, keys: readonly string[]): Promise<void> {
  await using opened = await session.open(bucket);
  for (const key of keys) await opened.store.delete(key);
}

/** `kvasi kv list`: a key a line, or a JSON object a line, since a key may have line breaks in it. */
export async function list(session: KvSession, bucket: string, prefix: string, json: boolean): Promise<void> {
  await using opened = await session.open(bucket);
  const { stdout } = session.context;
  for await (const { keys } of keyPages((cursor) => opened.store.list(cursor, prefix))) {
    if (json) stdout.jsonLines(keys.map((key) => JSON.stringify({ key })));
    else stdout.lines(stdout.isTerminal ? keys.map(printable) : keys);
    await stdout.drained();
  }
}

/** `kvasi kv buckets`: a bucket a line, or a JSON object a line. */
export async function listBuckets(session: KvSession, json: boolean): Promise<void> {
  const { stdout } = session.context;
  const names = await session.buckets();
  if (json) stdout.jsonLines(names.map((bucket) => JSON.stringify({ bucket })));
  else stdout.lines(stdout.isTerminal ? names.map(printable) : [...names]);
}

function lifeOf(given: string): number {
  const parsed = parseDuration(given);
  if ('value' in parsed) return parsed.value;
  throw new HostError('usage', `--ttl is ${JSON.stringify(given)}. Expected ${parsed.expected}.`);
}

async function read({ value, file }: ValueSource, context: CommandContext): Promise<Uint8Array> {
  if (value !== undefined) return Buffer.from(value);
  return await readWhole(await inputOf(file, context), largestValue);
}
