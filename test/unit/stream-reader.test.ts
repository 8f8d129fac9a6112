import { expect, test } from 'vitest';
import type { Chunk, SourceBuffer } from '../../host/engine/async/chunk.ts';
import { SharedStream } from '../../host/engine/async/shared-stream.ts';
import { StreamReader } from '../../host/engine/async/stream-reader.ts';

test.each([1, 65_536, 65_537, 131_072, 200_000])('a write of %i bytes is read whole', (length) => {
  const bytes = Uint8Array.from({ length }, (_, index) => index % 251);
  const stream = new SharedStream(true);
  const reader = new StreamReader(stream);
  let at = 0;
  const source: SourceBuffer = {
    length,
    get remain() {
      return length - at;
    },
    take(count) {
      at += count;
      return bytes.slice(at - count, at);
    },
  };
  const write = () => stream.write({}, source, { copied: (reclaim) => reclaim(), done: () => {} });
  const chunks: Chunk[] = [];
  while (at < length) {
    // A guest writes what is left once it hears how much was taken.
    write();
    reader.read(256 * 1024, (chunk) => chunks.push(chunk ?? []));
  }
  expect(Buffer.concat(chunks as Uint8Array[]).equals(bytes)).toBe(true);
});
