import { loadInterfaces } from '../../interfaces/index.ts';
import type { InspectorPart } from '../../interfaces/inspector-part.ts';

/** What the interfaces of the host bring to the inspector. */
export async function inspectorParts(): Promise<readonly InspectorPart[]> {
  const parts = await Promise.all((await loadInterfaces()).map(({ inspector }) => inspector?.()));
  return parts.filter((part) => part !== undefined);
}
