/** All chunks in one array of its own buffer: Node's small chunks share a pool and can't be transferred. */
export function transferableCopy(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const [first] = chunks;
  if (chunks.length === 1 && first !== undefined && first.buffer instanceof ArrayBuffer) {
    if (first.buffer.byteLength === first.length) return new Uint8Array(first.buffer);
  }
  let length = 0;
  for (const chunk of chunks) length += chunk.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
