import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../build.ts';
import { peersFolder } from '../peers.ts';
import { type Guest, type GuestName, guests, toolVersion } from './guests.ts';

/** Where built guests are kept from one run of the tests to the next. */
export const keptGuests = join(peersFolder, 'guests');

/**
 * Builds a guest into a folder, unless it is there already, from the same sources and by the same tool.
 * @returns the path of the component; undefined where the tool is not installed
 */
export async function buildGuest(name: GuestName, into: string): Promise<string | undefined> {
  const guest: Guest = guests[name];
  const tool = await guest.find();
  if (tool === undefined) return undefined;
  const files = await filesOf(name, guest);
  const path = join(into, `${name}-${await hashOf(files, guest)}.wasm`);
  if (existsSync(path)) return path;
  await mkdir(into, { recursive: true });
  const work = await mkdtemp(join(into, 'work-'));
  try {
    for (const [file, text] of files) {
      await mkdir(dirname(join(work, file)), { recursive: true });
      await writeFile(join(work, file), text);
    }
    const built = join(work, 'built.wasm');
    await promisify(execFile)(tool.file, [...tool.args, ...guest.args(built)], { cwd: work });
    // Whatever has this name is whole, also where two build it at once.
    await rename(built, path);
    return path;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The files of the folder that the tool runs in: the sources, and `wit/` with what the world names. */
async function filesOf(name: GuestName, { sources, packages, wasi02 }: Guest): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const source of sources)
    files.set(basename(source), await readFile(join(import.meta.dirname, source), 'utf8'));
  files.set('wit/world.wit', await readFile(join(import.meta.dirname, name, 'world.wit'), 'utf8'));
  for (const owner of packages) {
    const folder = join(root, 'wit', owner);
    for (const file of (await readdir(folder)).sort()) {
      const text = await readFile(join(folder, file), 'utf8');
      const own = wasi02 === undefined ? text : text.replaceAll('0.2.12', wasi02);
      files.set(`wit/deps/${owner}/${file}`, own);
    }
  }
  return files;
}

async function hashOf(files: ReadonlyMap<string, string>, guest: Guest): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([await toolVersion(guest), ...files]));
  return hash.digest('hex').slice(0, 16);
}
