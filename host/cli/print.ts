import type { Writable } from 'node:stream';

/** Writes and waits until it is on its way, so that the process may end, and so that memory is not filled. */
export function print(output: Writable, bytes: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    output.write(bytes, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
