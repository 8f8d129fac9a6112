/** Whether an answer can have content (RFC 9110, 6.4.1). */
export function hasContent(status: number, method: string): boolean {
  return method !== 'HEAD' && status !== 204 && status !== 304;
}

/**
 * The `content-length` that may be added to a complete answer (RFC 9110, 8.6); undefined where there must be none, or is one.
 *
 * @param length of the content, where it is known
 */
export function contentLength(
  status: number,
  method: string,
  headers: readonly string[],
  isEmpty: boolean,
  length: number | undefined,
): number | undefined {
  if (length === undefined || status < 200 || status === 204 || status === 304) return undefined;
  if (method === 'HEAD' && isEmpty) return undefined;
  return has(headers, 'content-length') ? undefined : length;
}

/**
 * The headers of an answer as Node's server takes them. What would contradict how the answer is framed is left out: `content-length` of
 * a 204 (RFC 9110, 8.6), and `trailer` where no trailers can follow, for which Node throws.
 *
 * @param added a content-length
 * @param canChunk whether the answer may go in chunks, which alone have trailers
 */
export function framed(
  status: number,
  headers: string[],
  added: number | undefined,
  canChunk: boolean,
): string[] {
  const isChunked = canChunk && added === undefined && !has(headers, 'content-length');
  const kept = status === 204 ? without(headers, 'content-length') : headers;
  const list = isChunked ? kept : without(kept, 'trailer');
  if (added !== undefined) list.push('content-length', String(added));
  return list;
}

/** The length that headers declare; NaN where they say something else, or different things (RFC 9110, 8.6). */
export function declaredLength(headers: readonly string[]): number | undefined {
  let declared: string | undefined;
  for (let index = 0; index < headers.length; index += 2) {
    if (!isNamed(headers[index], 'content-length')) continue;
    const value = headers[index + 1] ?? '';
    if (!/^[0-9]{1,15}$/.test(value) || (declared !== undefined && declared !== value)) return Number.NaN;
    declared = value;
  }
  return declared === undefined ? undefined : Number(declared);
}

/** Trailers as Node's server takes them. */
export function pairs(flat: readonly string[]): [string, string][] {
  const list: [string, string][] = [];
  for (let index = 0; index + 1 < flat.length; index += 2)
    list.push([flat[index] ?? '', flat[index + 1] ?? '']);
  return list;
}

function has(headers: readonly string[], name: string): boolean {
  for (let index = 0; index < headers.length; index += 2) if (isNamed(headers[index], name)) return true;
  return false;
}

/** The same list where it has no such header. */
function without(headers: string[], name: string): string[] {
  if (!has(headers, name)) return headers;
  return headers.filter((_, index) => !isNamed(headers[index - (index % 2)], name));
}

function isNamed(given: string | undefined, name: string): boolean {
  return given !== undefined && given.length === name.length && given.toLowerCase() === name;
}
