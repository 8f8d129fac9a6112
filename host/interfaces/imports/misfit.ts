import type { InterfaceDescription, WitType } from '../../engine/decode/wit-type.ts';
import { reasonOf } from '../../shared/host-error.ts';
import { whyNotServed } from './module-shape.ts';

/** Why a module can't serve an import, for the rest of a sentence; undefined where it can. */
export function misfit(
  members: object,
  description: InterfaceDescription,
  resources: ReadonlySet<WitType>,
): string | undefined {
  let problems: string[];
  try {
    problems = whyNotServed(members, description, resources);
  } catch (cause) {
    return `can't be read: ${reasonOf(cause)}`;
  }
  if (problems.length === 0) return undefined;
  const lines = problems.map((line) => `\n  ${line}`).join('');
  return `does not fit ${description.name}, which is imported:${lines}\nkvasi types writes the declarations of all that a component imports.`;
}
