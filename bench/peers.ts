import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Where the other hosts are installed: `KVASI_BENCH_PEERS`, or `bench/.peers`. See README.md. */
export const peersFolder = process.env.KVASI_BENCH_PEERS || join(import.meta.dirname, '.peers');

/** The first of these files that exists. */
export async function firstFile(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

/** An executable of one of the other hosts: in the folder of the peers, or on PATH. */
export async function findExecutable(
  name: string,
  ...inPeers: readonly string[]
): Promise<string | undefined> {
  return await firstFile([...inPeers.map((path) => join(peersFolder, path)), ...onPath(name)]);
}

/** Where a command may lie. The first folders of an npm script's PATH are those of its own packages. */
function onPath(name: string): string[] {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name));
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
