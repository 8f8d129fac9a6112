import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { componentPath } from './build.ts';
import { composed } from './composed.ts';
import type { ComponentName } from './contenders/contender.ts';
import { buildGuest } from './guests/build-guest.ts';
import { type GuestName, guests } from './guests/guests.ts';
import { withAssets } from './with-assets.ts';

const assetBytes = 5 * 1024 * 1024;

/** Where a component lies; a guest, or one with assets, is put into a folder first. Throws where what builds it is not installed. */
export async function componentFile(name: ComponentName, folder: string): Promise<string> {
  if (name === 'hello-assets') {
    const path = join(folder, 'hello-assets.wasm');
    await writeFile(path, withAssets(Uint8Array.from(await readFile(componentPath('hello'))), assetBytes));
    return path;
  }
  if (name === 'storefront-composed') return await composed('storefront', 'pricing', folder);
  if (!isGuest(name)) return componentPath(name);
  const file = await buildGuest(name, folder);
  if (file === undefined) throw new Error(`needs ${guests[name].needs}, which is not installed`);
  return file;
}

function isGuest(name: ComponentName): name is GuestName {
  return name in guests;
}
