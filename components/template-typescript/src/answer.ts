/** What the handler answers, whatever keeps its values. */

/** The identifier of the bucket: the host's configuration says where that is. */
export const bucketName = 'in_memory';

/** What the handler needs of a bucket. */
export interface Bucket {
  get(key: string): Uint8Array | undefined;
  set(key: string, value: Uint8Array): void;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** `GET /?key=…`: the value of a key. */
export function get(bucket: Bucket, query: URLSearchParams): Answer {
  const key = query.get('key');
  if (key === null) return { status: 400, text: "Missing query parameter 'key'" };
  const value = bucket.get(key);
  return value === undefined
    ? { status: 404, text: `[${bucketName}] Key '${key}' not found` }
    : { status: 200, text: `[${bucketName}] ${new TextDecoder().decode(value)}` };
}

/** `POST /` with `{"key": …, "value": …}`: sets the value of a key. */
export function post(bucket: Bucket, body: string): Answer {
  let entry: { key?: unknown; value?: unknown } | null;
  try {
    entry = JSON.parse(body);
  } catch (error) {
    return { status: 400, text: `Invalid JSON: ${error instanceof Error ? error.message : error}` };
  }
  const { key, value } = entry ?? {};
  if (typeof key !== 'string' || typeof value !== 'string') {
    return { status: 400, text: 'Invalid JSON: expected the texts "key" and "value"' };
  }
  bucket.set(key, new TextEncoder().encode(value));
  return { status: 200, text: `[${bucketName}] Stored '${key}'` };
}
