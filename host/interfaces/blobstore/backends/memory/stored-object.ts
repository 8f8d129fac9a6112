import type { Download, ObjectInfo } from '../backend.ts';

/** An object in memory. Its bytes never change, so that threads can share them, and copies too. */
export interface StoredObject extends ObjectInfo {
  readonly chunks: readonly SharedArrayBuffer[];
}

/** Reads a part of an object. @param end the byte before which it ends */
export function downloadOf({ chunks, size }: StoredObject, start: number, end: number): Download {
  const from = Math.min(start, size);
  const to = Math.min(end, size);
  let position = 0;
  let index = 0;
  let isClosed = false;
  return {
    size,
    length: to - from,
    read() {
      for (let chunk = chunks[index]; chunk !== undefined && !isClosed; chunk = chunks[index]) {
        const begin = Math.max(from - position, 0);
        const stop = Math.min(to - position, chunk.byteLength);
        position += chunk.byteLength;
        index += 1;
        // A copy: nobody who gets it may change what others read.
        if (begin < stop) return new Uint8Array(chunk, begin, stop - begin).slice();
      }
      return undefined;
    },
    close() {
      isClosed = true;
    },
  };
}
