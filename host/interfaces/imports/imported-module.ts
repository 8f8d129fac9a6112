import { parseInterfaceName } from '../../engine/decode/interface-name.ts';
import type { InterfaceDescription } from '../../engine/decode/wit-type.ts';
import { nearest } from '../../shared/nearest.ts';
import type { Parsed } from '../../shared/parsed.ts';

/** What serves an import that no interface of the host does. */
export type ImportedModule = FileModule | GivenModule;

interface NamedImport {
  /** The import: `acme:payments/api`, with its version or without, or the label that a component has for it. */
  readonly name: string;
  /** Where that was said, for messages. */
  readonly place: string;
}

/** A module that each worker loads. */
export interface FileModule extends NamedImport {
  readonly kind: 'file';
  /** Absolute. */
  readonly path: string;
}

/** Functions and classes that a program gives to a host; they run in its own thread. */
export interface GivenModule extends NamedImport {
  readonly kind: 'given';
  /** By which threads name it; no other one of the process has the same. */
  readonly id: number;
  readonly members: object;
}

/** Checks what `dev.imports` names: an interface, or a label. */
export function parseImportName(text: string): Parsed<string> {
  const label = '[a-z][a-z0-9]*(?:-[a-z0-9]+)*';
  const name = new RegExp(`^(?:${label}:)+${label}/${label}(?:@\\d[\\w.+-]*)?$|^${label}$`, 'i');
  return name.test(text)
    ? { value: text }
    : { expected: 'an interface such as "acme:payments/api" or "acme:payments/api@1.0.0"' };
}

/** The module that serves an import; one that names the version, or the label, goes first. */
export function moduleFor<M extends NamedImport>(
  { name, label }: Pick<InterfaceDescription, 'name' | 'label'>,
  modules: readonly M[],
): M | undefined {
  const { unversioned } = parseInterfaceName(name);
  const names = label === undefined ? [name, unversioned] : [label, name, unversioned];
  for (const one of names) {
    const found = modules.find((module) => module.name === one);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The imports that modules serve. */
export function importsOfModules(
  imports: readonly InterfaceDescription[],
  modules: readonly NamedImport[],
): InterfaceDescription[] {
  return modules.length === 0 ? [] : imports.filter((item) => moduleFor(item, modules) !== undefined);
}

/** What is to be told of modules for which no component has an import. */
export function unusedModules(
  imports: readonly InterfaceDescription[],
  modules: readonly NamedImport[],
): string[] {
  const used = new Set(imports.map((item) => moduleFor(item, modules)));
  return modules.flatMap((module) => {
    if (used.has(module)) return [];
    const near = nearest(
      module.name,
      imports.map(({ name }) => parseInterfaceName(name).unversioned),
    );
    const hint = near === undefined || near === module.name ? '' : ` Did you mean ${near}?`;
    return [`${module.place} is imported by no component.${hint}`];
  });
}
