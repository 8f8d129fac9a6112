import type { InterfaceDescription, WitType } from '../../engine/decode/wit-type.ts';
import { hostName, pascalCase } from '../../engine/link/host-name.ts';

/** Which module serves an import, by a number that both threads have for it. */
export interface ServedImport {
  readonly description: InterfaceDescription;
  /** The place of its module among those of the host. */
  readonly module: number;
}

/** The class that stands for a resource type. */
export interface ResourceClass {
  readonly name: string;
  /** The place, among all imports that modules serve, of the one that has it. */
  readonly owner: number;
}

/**
 * The resource types of imports, with the classes for them. An interface may use a resource of another one: the one that has functions for
 * it has the class.
 */
export function resourceClasses(served: readonly ServedImport[]): Map<WitType, ResourceClass> {
  const classes = new Map<WitType, ResourceClass>();
  for (const hasFunctions of [true, false]) {
    for (const [owner, { description }] of served.entries()) {
      for (const [name, type] of description.types) {
        if (type.kind !== 'resource' || classes.has(type)) continue;
        const isOwner = [...description.functions.keys()].some(
          (func) => hostName(func).resource === pascalCase(name),
        );
        if (isOwner === hasFunctions) classes.set(type, { name: pascalCase(name), owner });
      }
    }
  }
  return classes;
}
