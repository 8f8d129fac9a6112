import { realpathSync } from 'node:fs';
import { mkdir, readdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleHost } from './host-bundle.ts';
import { bundleVariable } from './host-url.ts';

/** Packages are found from here. */
const caches = join(realpathSync(fileURLToPath(new URL('../../node_modules', import.meta.url))), '.cache');
/** A file system in memory, where nothing waits for a disk. Containers may have little of it. */
const memory = '/dev/shm';
const enoughMemory = 4 * 1024 ** 3;

/** Called by vitest before all tests; answers what is to be done after them. */
export default async function setup(): Promise<() => Promise<void>> {
  const built = await folderOfRun(caches);
  await bundleHost(built);
  process.env[bundleVariable] = pathToFileURL(`${built}/`).href;
  // What V8 made of a module is of use to every process that loads it.
  process.env.NODE_COMPILE_CACHE = join(built, 'code');
  const folders = [built];
  if (await hasMemory()) {
    process.env.TMPDIR = await folderOfRun(memory);
    folders.push(process.env.TMPDIR);
  }
  return async () => {
    for (const folder of folders) await remove(folder);
  };
}

const prefix = 'kvasi-tests-';

/** A folder of this run, in place of those that killed runs have left. */
async function folderOfRun(parent: string): Promise<string> {
  await mkdir(parent, { recursive: true });
  for (const name of await readdir(parent)) {
    const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : Number.NaN;
    if (Number.isInteger(pid) && !isRunning(pid)) await remove(join(parent, name));
  }
  const folder = join(parent, `${prefix}${process.pid}`);
  // To be passed through, as by a server that refuses to run as root, not to be read.
  await mkdir(folder, { mode: 0o711 });
  return folder;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Processes that end may still write there. */
async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
}

async function hasMemory(): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(memory);
    return bavail * bsize >= enoughMemory;
  } catch {
    return false;
  }
}
