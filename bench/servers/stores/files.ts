import { mkdirSync, readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { BareStore } from './bare-store.ts';

/** A file for each key, put in place when its bytes are on the disk, with the folder flushed behind it. */
export function filesStore(path: string): BareStore {
  mkdirSync(path, { recursive: true });
  let written = 0;
  /** The last increment that was begun: they wait for each other. */
  let last: Promise<unknown> = Promise.resolve();
  const get = (key: string): Buffer | undefined => {
    try {
      return readFileSync(join(path, key));
    } catch {
      return undefined;
    }
  };
  const set = async (key: string, value: Uint8Array): Promise<void> => {
    written += 1;
    const temporary = join(path, `.${written}`);
    const file = await open(temporary, 'wx');
    await file.writeFile(value);
    await file.sync();
    await file.close();
    await rename(temporary, join(path, key));
    const folder = await open(path);
    await folder.sync();
    await folder.close();
  };
  const add = async (key: string): Promise<number> => {
    const sum = Number(get(key) ?? 0) + 1;
    await set(key, Buffer.from(`${sum}`));
    return sum;
  };
  return {
    get,
    set,
    increment(key) {
      const sum = last.then(() => add(key));
      last = sum;
      return sum;
    },
  };
}
