import { type KeyPage, StoreError } from '../backend.ts';
import { unknownCursor } from '../cursor.ts';
import { pageSize } from '../limits.ts';
import type { RedisConnection } from './redis-connection.ts';
import { bucketOf, bucketPrefix, globAfter, isBesideValues } from './redis-keys.ts';

/** Redis looks at whole hash chains and so may answer a few more than it was asked for; this leaves room. */
const askedFor = pageSize - 100;
/** A page with so many keys is not filled further. */
const enough = pageSize / 2;
const leastCount = 200;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The buckets that hold something, of those whose names begin with a text. */
export async function listBuckets(connection: RedisConnection, start: string): Promise<string[]> {
  const found = new Set<string>();
  for (const node of (await connection.masters()).values()) {
    let position = '0';
    do {
      const args = [
        position,
        'MATCH',
        globAfter(bucketPrefix(start).slice(0, -1)),
        'COUNT',
        '1000',
        'TYPE',
        'string',
      ];
      const answer = await connection.command('scan', args, node);
      const [next, keys] = Array.isArray(answer) ? answer : [];
      for (const key of Array.isArray(keys) ? keys : []) {
        const bucket = bucketOf(String(key));
        if (bucket?.startsWith(start)) found.add(bucket);
      }
      position = String(next);
    } while (position !== '0');
  }
  return [...found].sort();
}

/**
 * One page of the keys of a bucket that begin with a prefix; what all keys of the bucket begin with is cut off. Keys that are no strings, or no UTF-8 and
 * so no guest's, are left out. A cursor is the master that is being read and Redis' own cursor there.
 */
export async function listPage(
  connection: RedisConnection,
  bucketStart: string,
  prefix: string,
  cursor: string | undefined,
): Promise<KeyPage> {
  const masters = await connection.masters();
  const names = [...masters.keys()].sort();
  let { name, position } = cursor === undefined ? { name: names[0] ?? '', position: '0' } : parse(cursor);
  const start = Buffer.from(bucketStart);
  const pattern = globAfter(bucketStart + prefix);
  const keys = new Set<string>();
  while (keys.size < enough) {
    const node = masters.get(name);
    if (node === undefined) {
      throw new StoreError('other', 'the cluster has changed; list again without a cursor');
    }
    const count = String(Math.max(leastCount, askedFor - keys.size));
    const args = [position, 'MATCH', pattern, 'COUNT', count, 'TYPE', 'string'];
    const answer = await connection.command('scan', args, node);
    const [next, found] = Array.isArray(answer) ? answer : [];
    for (const stored of Array.isArray(found) ? found : []) {
      const key = stored instanceof Buffer ? keyAfter(start, stored) : undefined;
      if (key !== undefined) keys.add(key);
    }
    position = String(next);
    if (position !== '0') continue;
    const following = names.find((other) => other > name);
    if (following === undefined) return { keys: [...keys], cursor: undefined };
    name = following;
  }
  return { keys: [...keys], cursor: `scan ${position} ${name}` };
}

function parse(cursor: string): { name: string; position: string } {
  const [, position, name] = /^scan (\d{1,20}) (.*)$/.exec(cursor) ?? [];
  if (position !== undefined && name !== undefined) return { name, position };
  throw unknownCursor(cursor);
}

function keyAfter(start: Buffer, stored: Buffer): string | undefined {
  if (!stored.subarray(0, start.length).equals(start)) return undefined;
  try {
    const key = utf8.decode(stored.subarray(start.length));
    return start.length === 0 && isBesideValues(key) ? undefined : key;
  } catch {
    return undefined;
  }
}
