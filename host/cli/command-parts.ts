import type { CommandPart } from '../interfaces/command-part.ts';
import { loadInterfaces } from '../interfaces/index.ts';

/** What the interfaces of the host bring to the command line. */
export async function commandParts(): Promise<readonly CommandPart[]> {
  const parts = await Promise.all((await loadInterfaces()).map(({ commands }) => commands?.()));
  return parts.filter((part) => part !== undefined);
}
