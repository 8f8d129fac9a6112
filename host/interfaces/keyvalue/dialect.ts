import { type LabelledImport, labelledImports } from '../../engine/decode/labelled-imports.ts';
import type { InterfaceDescription, WitType } from '../../engine/decode/wit-type.ts';
import type { CounterType } from './backends/backend.ts';
import { keyvaluePackages } from './packages.ts';

/**
 * The shape of `wasi:keyvalue` that a component was built against. The same version name has been published
 * with different shapes, so this is read off the component's own types, never off the version.
 */
export interface Dialect {
  /** How `list-keys` passes its cursor; like the others absent when the component does not import it. */
  readonly cursor: 'u64' | 'string' | undefined;
  /** What `increment` takes and yields. */
  readonly counter: CounterType | undefined;
  /** What `get-many` answers: optional pairs, or pairs of a key and an optional value (Spin's copy). */
  readonly batch: 'optional-pairs' | 'pairs-of-optionals' | undefined;
  /** It imports `wasmcloud:keyvalue`. */
  readonly isWasmcloud: boolean;
}

/** What a component imports, in the shapes that it imports it in: imports with labels may have others than those without. */
export interface ImportedDialects {
  readonly dialect: Dialect;
  readonly labels: readonly (LabelledImport & { readonly dialect: Dialect })[];
}

/** Throws a TypeError naming the function whose shape is none of the known ones. */
export function chooseDialects(imports: readonly InterfaceDescription[]): ImportedDialects {
  return {
    dialect: chooseDialect(imports.filter(({ label }) => label === undefined)),
    labels: labelledImports(imports, keyvaluePackages).map(({ label, interface: name, description }) => ({
      label,
      interface: name,
      dialect: chooseDialect([description]),
    })),
  };
}

/** Throws a TypeError naming the function whose shape is none of the known ones. */
export function chooseDialect(imports: readonly InterfaceDescription[]): Dialect {
  return {
    cursor: cursorOf(imports),
    counter: counterOf(imports),
    batch: batchOf(imports),
    // Without imports it is asked for everything that there is.
    isWasmcloud: imports.length === 0 || imports.some(({ name }) => name.startsWith('wasmcloud:keyvalue/')),
  };
}

function cursorOf(imports: readonly InterfaceDescription[]): Dialect['cursor'] {
  const type = find(imports, 'store', '[method]bucket.list-keys')?.params.at(-1)?.type;
  if (type === undefined) return undefined;
  if (type.kind === 'option' && (type.of.kind === 'u64' || type.of.kind === 'string')) return type.of.kind;
  throw unknownShape('list-keys takes a cursor', type);
}

function counterOf(imports: readonly InterfaceDescription[]): Dialect['counter'] {
  const type = find(imports, 'atomics', 'increment')?.params.at(-1)?.type;
  if (type === undefined) return undefined;
  if (type.kind === 'u64' || type.kind === 's64') return type.kind;
  throw unknownShape('increment takes a delta', type);
}

function batchOf(imports: readonly InterfaceDescription[]): Dialect['batch'] {
  const result = find(imports, 'batch', 'get-many')?.result;
  if (result === undefined) return undefined;
  const item = result.kind === 'result' && result.ok?.kind === 'list' ? result.ok.of : undefined;
  if (item?.kind === 'option') return 'optional-pairs';
  if (item?.kind === 'tuple') return 'pairs-of-optionals';
  throw unknownShape('get-many answers', result);
}

function find(imports: readonly InterfaceDescription[], name: string, func: string) {
  return imports.find((item) => item.name.startsWith(`wasi:keyvalue/${name}@`))?.functions.get(func);
}

function unknownShape(what: string, type: WitType): TypeError {
  return new TypeError(`${what} of a shape that is in no known version of wasi:keyvalue (${type.kind})`);
}

/** One line for people: `cursor u64, counter u64, get-many of optional pairs`; empty when nothing differs. */
export function describeDialect({ cursor, counter, batch }: Dialect): string {
  const parts = [
    cursor === undefined ? undefined : `cursor ${cursor}`,
    counter === undefined ? undefined : `counter ${counter}`,
    batch === undefined
      ? undefined
      : `get-many of ${batch === 'optional-pairs' ? 'optional pairs' : 'pairs of optionals'}`,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

/** An entry of what `get-many` answers, as the proposal has it. */
export function optionalPair(key: string, value: Uint8Array | undefined): [string, Uint8Array] | undefined {
  return value === undefined ? undefined : [key, value];
}

/** The same as Spin has it. */
export function pairOfOptional(key: string, value: Uint8Array | undefined): [string, Uint8Array | undefined] {
  return [key, value];
}
