/** Whether a content-length may be added to an answer that is complete (RFC 9110, 8.6). */
export function mayHaveLength(
  status: number,
  method: string,
  headers: string[],
  bytes: Uint8Array | string | undefined,
): boolean {
  if (status < 200 || status === 204 || status === 304) return false;
  if (method === 'HEAD' && bytes === undefined) return false;
  return !headers.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-length');
}

/** Headers or trailers as Node's server takes them. */
export function pairs(flat: readonly string[]): [string, string][] {
  const list: [string, string][] = [];
  for (let index = 0; index + 1 < flat.length; index += 2)
    list.push([flat[index] ?? '', flat[index + 1] ?? '']);
  return list;
}
