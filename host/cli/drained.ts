import type { Writable } from 'node:stream';

const waiting = new WeakMap<Writable, Promise<void>>();

/** Resolves when an output takes more, or never will; undefined where it takes more now. */
export function drained(output: Writable): Promise<void> | undefined {
  if (!output.writableNeedDrain) return undefined;
  let drain = waiting.get(output);
  if (drain === undefined) {
    drain = new Promise((resolve) => {
      const done = (): void => {
        output.off('drain', done).off('close', done);
        waiting.delete(output);
        resolve();
      };
      output.on('drain', done).on('close', done);
    });
    waiting.set(output, drain);
  }
  return drain;
}
