import { createHash } from 'node:crypto';
import { bucketName, bucketOfStream, streamName } from '../../../keyvalue/backends/nats/subjects.ts';

/** What begins the names of the streams of object stores. */
export const storePrefix = 'OBJ_';
/** The longest name of a store: that of its stream has at most 255 characters. */
const longestStore = 251;

/** The object store of a container: as it is where wash can name it, escaped as the buckets of keys are elsewhere. */
export function storeOf(container: string): string {
  const name = bucketName(container);
  return name.length <= longestStore ? name : `=~${createHash('sha256').update(container).digest('hex')}`;
}

/** The container of a stream; `undefined` for one that is none, and for one whose name is too long to be told. */
export function containerOfStream(stream: string): string | undefined {
  if (!stream.startsWith(storePrefix)) return undefined;
  return bucketOfStream(streamName(stream.slice(storePrefix.length)));
}

/** What NATS has in place of no name, and in front of a name that begins with it. */
const mark = '\0';

/** The name of an object as NATS can hold it, which takes every text but the empty one. */
export function storedName(object: string): string {
  return object === '' || object.startsWith(mark) ? mark + object : object;
}

export function nameOfStored(stored: string): string {
  return stored.startsWith(mark) ? stored.slice(mark.length) : stored;
}
