import type { LinkPlan } from '../link/link-plan.ts';
import { BinaryReader } from './binary-reader.ts';
import { type Item, readComponent } from './component-reader.ts';
import { NotLinkable } from './not-linkable.ts';
import { PlanBuilder } from './plan-builder.ts';
import type { Entity, InstanceType } from './scope.ts';
import type { FunctionType, InterfaceDescription, WitType } from './wit-type.ts';

/** What a component asks for and gives, as its binary says. */
export interface ComponentDescription {
  readonly imports: readonly InterfaceDescription[];
  /** Imports that are no interfaces (bare functions, types, modules), by name. */
  readonly otherImports: readonly string[];
  readonly exports: readonly string[];
  /** Those exports that are interfaces. */
  readonly exported: readonly InterfaceDescription[];
  /** How to link it, or why that is beyond this host's own linker. */
  readonly link: LinkPlan | { readonly problem: string };
}

/**
 * Reads the imports and exports of a component with their types, and how its core modules are linked, from its
 * binary. Throws a RangeError or TypeError with the byte position where the binary can't be read.
 * Source: the component model's `Binary.md`.
 */
export function decodeComponent(bytes: Uint8Array): ComponentDescription {
  const plan = new PlanBuilder();
  const imports: InterfaceDescription[] = [];
  const otherImports: string[] = [];
  const definition = { reader: new BinaryReader(bytes), scope: undefined };
  const exports = readComponent(definition, undefined, plan, ({ name, label, entity }) => {
    if (entity.kind !== 'instance') {
      otherImports.push(name);
      return entity;
    }
    imports.push(describe(name, label, entity.type));
    return { kind: 'instance', type: importedInstance(name, label, entity.type) };
  });
  for (const item of exports) addExports(item, plan);
  const exported = exports.flatMap(({ name, entity }) =>
    entity.kind === 'instance' ? [describe(name, undefined, entity.type)] : [],
  );
  return { imports, otherImports, exports: exports.map(({ name }) => name), exported, link: linkOf(plan) };
}

/** What was gathered, or why it is beyond the linker. */
export function linkOf(plan: PlanBuilder): ComponentDescription['link'] {
  try {
    return plan.finish();
  } catch (error) {
    if (error instanceof NotLinkable) return { problem: error.message };
    throw error;
  }
}

/** The same instance with what is called where a function of it is. @param member see `ImportedFunction.member` */
export function importedInstance(
  name: string,
  label: string | undefined,
  { exports }: InstanceType,
  member?: number,
): InstanceType {
  const named = {
    ...(label === undefined ? { interface: name } : { interface: label, label: name }),
    ...(member === undefined ? {} : { member }),
  };
  const withSource = (func: string, entity: Entity): Entity =>
    entity.kind === 'function' ? { ...entity, source: { kind: 'imported', ...named, name: func } } : entity;
  return { exports: new Map([...exports].map(([func, entity]) => [func, withSource(func, entity)])) };
}

/** Adds the functions of an export to what the plan gives to the outside. */
export function addExports({ name, entity }: Item, plan: PlanBuilder): void {
  const exported: [owner: string | undefined, name: string, entity: Entity][] =
    entity.kind === 'instance'
      ? [...entity.type.exports].map(([func, item]) => [name, func, item])
      : [[undefined, name, entity]];
  for (const [owner, func, item] of exported) {
    if (item.kind !== 'function' || item.source?.kind !== 'lifted') continue;
    const { kind: _, ...lifted } = item.source;
    plan.exports.push({ interface: owner, name: func, ...lifted });
  }
}

function describe(name: string, label: string | undefined, instance: InstanceType): InterfaceDescription {
  const functions = new Map<string, FunctionType>();
  const types = new Map<string, WitType>();
  for (const [own, entity] of instance.exports) {
    if (entity.kind === 'function') functions.set(own, entity.type);
    else if (entity.kind === 'type') types.set(own, entity.type);
  }
  const named = label === undefined ? { name } : { name: label, label: name };
  return { ...named, functions, types };
}
