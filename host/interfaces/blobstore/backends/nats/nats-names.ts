import { createHash } from 'node:crypto';

/** What begins the names of the streams of object stores. */
export const storePrefix = 'OBJ_';
/** The longest name of a store: that of its stream has at most 255 characters. */
const longestStore = 251;
/** What begins the stores of containers whose names can't be those of stores: the name in Base64, or where that is too long its digest. */
const encodedMark = 'kvasi_64_';
const digestMark = 'kvasi_sha256_';

/** The object store of a container: of the same name, as wash has it, where clients of NATS take that. */
export function storeOf(container: string): string {
  if (/^[-\w]+$/.test(container) && container.length <= longestStore && !container.startsWith('kvasi_')) {
    return container;
  }
  const encoded = encodedMark + Buffer.from(container).toString('base64url');
  if (encoded.length <= longestStore) return encoded;
  return digestMark + createHash('sha256').update(container).digest('hex');
}

/** The container of a stream; `undefined` for one that is none, and for one whose name is too long to be told. */
export function containerOfStream(stream: string): string | undefined {
  if (!stream.startsWith(storePrefix)) return undefined;
  const store = stream.slice(storePrefix.length);
  const container = store.startsWith(encodedMark)
    ? Buffer.from(store.slice(encodedMark.length), 'base64url').toString()
    : store;
  return storeOf(container) === store ? container : undefined;
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
