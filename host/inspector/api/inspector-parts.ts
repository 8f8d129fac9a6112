import type { InspectorPart } from '../../interfaces/inspector-part.ts';

/** What the interfaces of the host bring to the inspector. */
export async function inspectorParts(): Promise<readonly InspectorPart[]> {
  const { inspectorPart } = await import('../../interfaces/keyvalue/inspector/index.ts');
  return [inspectorPart];
}
