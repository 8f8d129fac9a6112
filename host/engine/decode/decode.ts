import type { LinkPlan } from '../link/link-plan.ts';
import { BinaryReader } from './binary-reader.ts';
import { CoreDefinitions, NotLinkable } from './decode-core.ts';
import { readExternName, readNameAttributes } from './decode-names.ts';
import {
  aliasExport,
  aliasOuter,
  declare,
  emptyInstance,
  type InstanceType,
  other,
  readExternType,
  readSort,
  readType,
  type Scope,
  sorts,
} from './decode-types.ts';
import type { FunctionType, InterfaceDescription, WitType } from './wit-type.ts';

/** What a component asks for and gives, as its binary says. */
export interface ComponentDescription {
  readonly imports: readonly InterfaceDescription[];
  /** Imports that are no interfaces (bare functions, types, modules), by name. */
  readonly otherImports: readonly string[];
  readonly exports: readonly string[];
  /** How to link it, or why that is beyond this host's own linker. */
  readonly link: LinkPlan | { readonly problem: string };
}

/**
 * Reads the imports and exports of a component with their types, and how its core modules are linked, from its
 * binary. Throws a RangeError or TypeError with the byte position where the binary can't be read.
 * Source: the component model's `Binary.md`.
 */
export function decodeComponent(bytes: Uint8Array): ComponentDescription {
  const reader = new BinaryReader(bytes, 8);
  const scope: Scope = { outer: undefined, types: [], instances: [] };
  const core = new CoreDefinitions(scope);
  const imports: InterfaceDescription[] = [];
  const otherImports: string[] = [];
  const exports: string[] = [];
  while (!reader.done) {
    const id = reader.byte();
    const section = reader.slice(reader.u32());
    switch (id) {
      case 0:
        break;
      case 5:
        section.vector((item) => {
          core.readInstance(item);
          scope.instances.push(emptyInstance);
        });
        break;
      case 6:
        section.vector((item) => readAlias(item, scope, core));
        break;
      case 7:
        section.vector((item) => scope.types.push(readType(item, scope)));
        break;
      case 10:
        section.vector((item) => {
          const { name, label } = readNameAttributes(item);
          const entity = readExternType(item, scope);
          declare(entity, scope);
          if (entity.kind === 'instance') {
            core.importInstance(name);
            imports.push(describe(name, label, entity.type));
          } else {
            if (entity.kind === 'function') core.importFunction();
            otherImports.push(name);
          }
        });
        break;
      case 11:
        section.vector((item) => exports.push(readExport(item, scope, core)));
        break;
      default:
        core.readSection(id, section);
    }
  }
  return { imports, otherImports, exports, link: linkOf(core) };
}

function linkOf(core: CoreDefinitions): ComponentDescription['link'] {
  try {
    return core.plan();
  } catch (error) {
    if (error instanceof NotLinkable) return { problem: error.message };
    throw error;
  }
}

function describe(name: string, label: string | undefined, instance: InstanceType): InterfaceDescription {
  const functions = new Map<string, FunctionType>();
  const types = new Map<string, WitType>();
  for (const [label, entity] of instance.exports) {
    if (entity.kind === 'function') functions.set(label, entity.type);
    else if (entity.kind === 'type') types.set(label, entity.type);
  }
  return { name, ...(label === undefined ? {} : { implements: label }), functions, types };
}

/** Answers the export's name. */
function readExport(reader: BinaryReader, scope: Scope, core: CoreDefinitions): string {
  const name = readExternName(reader);
  const sort = readSort(reader);
  const index = reader.u32();
  const ascribed = reader.optional((item) => readExternType(item, scope));
  if (sort === sorts.type) scope.types.push(ascribed ?? scope.types[index] ?? other);
  else if (sort === sorts.instance) scope.instances.push(scope.instances[index] ?? emptyInstance);
  core.export(name, sort, index);
  return name;
}

function readAlias(reader: BinaryReader, scope: Scope, core: CoreDefinitions): void {
  const sort = readSort(reader);
  const target = reader.byte();
  if (target === 2) {
    aliasOuter(sort, reader, scope);
    core.aliasOuter(sort);
    return;
  }
  const instance = reader.u32();
  const name = reader.name();
  if (target === 1) {
    core.aliasCoreExport(sort, instance, name);
    return;
  }
  aliasExport(sort, instance, name, scope);
  core.aliasExport(sort, instance, name);
}
