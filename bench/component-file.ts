import { componentPath } from './build.ts';
import type { ComponentName } from './contenders/contender.ts';
import { buildGuest } from './guests/build-guest.ts';
import { type GuestName, guests } from './guests/guests.ts';

/** Where a component lies; a guest is built into a folder first. Throws where what builds it is not installed. */
export async function componentFile(name: ComponentName, folder: string): Promise<string> {
  if (!isGuest(name)) return componentPath(name);
  const file = await buildGuest(name, folder);
  if (file === undefined) throw new Error(`needs ${guests[name].needs}, which is not installed`);
  return file;
}

function isGuest(name: ComponentName): name is GuestName {
  return name in guests;
}
