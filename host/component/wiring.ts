import { parseInterfaceName } from '../engine/decode/interface-name.ts';
import type { InterfaceDescription } from '../engine/decode/wit-type.ts';
import { type ImportedModule, moduleFor } from '../interfaces/imports/imported-module.ts';
import { HostError } from '../shared/host-error.ts';
import type { ComponentFile } from './read.ts';
import { isCompatible } from './versions.ts';

/** A component of several. */
export interface NamedComponent {
  /** As routes and messages call it. */
  readonly name: string;
  readonly file: ComponentFile;
}

/** Who serves an import of a component. */
export interface Supplier {
  readonly name: string;
  /** The interface as it exports it. */
  readonly export: string;
}

/** By the component, and by the names of its imports: those that another component serves. */
export type Wiring = ReadonlyMap<string, ReadonlyMap<string, Supplier>>;

/**
 * Finds out which imports other components serve: those that one of them exports, in a version that is compatible. What a component
 * exports goes before what the host provides, and a module that is named for an import before both. Throws a `HostError` where several export it, or components need one another
 * in a circle.
 */
export function wire(components: readonly NamedComponent[], modules: readonly ImportedModule[] = []): Wiring {
  const wiring = new Map(
    components.map((component) => [component.name, suppliersOf(component, components, modules)] as const),
  );
  const circle = findCircle(wiring);
  if (circle !== undefined) {
    const steps = circle.map(
      ({ from, importName, to }) => `  ${from} imports ${importName}, which ${to} exports`,
    );
    throw new HostError(
      'component',
      `components need one another in a circle, so none can be instantiated first:\n${steps.join('\n')}\nMove what both need to a component of its own.`,
    );
  }
  return wiring;
}

function suppliersOf(
  { name, file }: NamedComponent,
  components: readonly NamedComponent[],
  modules: readonly ImportedModule[],
): Map<string, Supplier> {
  const others = components.filter((one) => one.name !== name);
  const suppliers = new Map<string, Supplier>();
  for (const item of file.description.imports) {
    const { name: importName, label } = item;
    // One with a label is asked of the host by that.
    if (label !== undefined || moduleFor(item, modules) !== undefined) continue;
    const supplier = supplierOf(name, importName, others);
    if (supplier !== undefined) suppliers.set(importName, supplier);
  }
  return suppliers;
}

function supplierOf(
  importer: string,
  importName: string,
  others: readonly NamedComponent[],
): Supplier | undefined {
  const offers = others.flatMap(({ name, file }) =>
    file.description.exports
      .filter((exported) => isCompatible(exported, importName))
      .map((exported): Supplier => ({ name, export: exported })),
  );
  const exact = offers.filter((offer) => offer.export === importName);
  const [offer, ...more] = exact.length > 0 ? exact : offers;
  if (offer === undefined || more.length === 0) return offer;
  const names = [offer, ...more].map((one) => `${one.name} (${one.export})`).join(' and ');
  throw new HostError(
    'component',
    `${importer} imports ${importName}, which several components export: ${names}. Keep one of them in dev.components.`,
  );
}

/** A component that exports what is imported in another version, or another interface of the package. */
export function nearMiss(
  importName: string,
  importer: string,
  components: readonly NamedComponent[],
): string | undefined {
  const { unversioned } = parseInterfaceName(importName);
  for (const { name, file } of components) {
    if (name === importer) continue;
    const other = file.description.exports.find((one) => parseInterfaceName(one).unversioned === unversioned);
    if (other !== undefined) return `${name} exports ${other}, which is no compatible version`;
  }
  return undefined;
}

/** What a component imports of the host. */
export function importsOfHost({ name, file }: NamedComponent, wiring: Wiring): InterfaceDescription[] {
  return file.description.imports.filter((item) => wiring.get(name)?.has(item.name) !== true);
}

/** The components that some need, with these, each after those that it needs. */
export function inOrder<T extends NamedComponent>(
  needed: readonly string[],
  components: readonly T[],
  wiring: Wiring,
): T[] {
  const ordered = new Set<string>();
  const visit = (name: string): void => {
    if (ordered.has(name)) return;
    for (const { name: supplier } of wiring.get(name)?.values() ?? []) visit(supplier);
    ordered.add(name);
  };
  for (const name of needed) visit(name);
  return [...ordered].flatMap((name) => components.find((one) => one.name === name) ?? []);
}

interface Step {
  readonly from: string;
  readonly importName: string;
  readonly to: string;
}

function findCircle(wiring: Wiring): Step[] | undefined {
  const done = new Set<string>();
  const visit = (name: string, way: readonly Step[]): Step[] | undefined => {
    const begin = way.findIndex(({ from }) => from === name);
    if (begin >= 0) return way.slice(begin);
    if (done.has(name)) return undefined;
    for (const [importName, { name: to }] of wiring.get(name) ?? []) {
      const circle = visit(to, [...way, { from: name, importName, to }]);
      if (circle !== undefined) return circle;
    }
    done.add(name);
    return undefined;
  };
  for (const name of wiring.keys()) {
    const circle = visit(name, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}
