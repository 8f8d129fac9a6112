import type { CommandPart } from '../interfaces/command-part.ts';

/** What the interfaces of the host bring to the command line. */
export async function commandParts(): Promise<readonly CommandPart[]> {
  const { commandPart } = await import('../interfaces/keyvalue/commands/index.ts');
  return [commandPart];
}
