import {
  type CoreType,
  casesOf,
  coreCodes,
  fieldTypes,
  layoutOf,
  maxFlatParams,
  maxFlatResults,
} from '../abi/layout.ts';
import type { FunctionType, WitType } from '../decode/wit-type.ts';
import { BinaryWriter } from '../reset/binary-writer.ts';
import { newKnowledge, Snapshot } from '../reset/snapshot.ts';
import { writeImport } from './import-function.ts';
import { Link } from './link.ts';
import type { ImportedFunction } from './link-plan.ts';
import type { MadeFunction } from './made-function.ts';
import type { LinkedProgram } from './program.ts';
import { ResourceKinds } from './resource-kinds.ts';

interface Signature {
  readonly params: readonly CoreType[];
  readonly results: readonly CoreType[];
}

const reallocType: Signature = { params: ['i32', 'i32', 'i32', 'i32'], results: ['i32'] };
const handlerType: Signature = { params: ['i32', 'i32'], results: [] };

/**
 * Puts a component's core modules together once, with stubs of the right types in place of the host's functions: V8 compares
 * types only where one core module meets another, and takes any function of JavaScript for any import.
 * Throws what is wrong: a `LinkError`, or a `TypeError` or `RangeError` with the reason.
 * What a module's start does is done, too, unless the modules given have none.
 *
 * @param onCall told when a start calls a function of the host, which then traps
 */
export function checkLink(
  { plan, modules, entry, suspending, reset }: Omit<LinkedProgram, 'kind'>,
  onCall: () => void = () => {},
): void {
  const link = new Link(plan, modules, stubsOf(plan.functions, suspending, onCall), [], {});
  const cores = link.run();
  const handler = link.exported(entry.core);
  const reallocs = new Set(plan.functions.flatMap((item) => (item.kind === 'import' ? [item.realloc] : [])));
  checkTypes([
    [handler, handlerType],
    ...[...reallocs].flatMap((realloc) =>
      realloc === undefined ? [] : [[link.exported(realloc), reallocType] as const],
    ),
  ]);
  if ('problem' in reset) return;
  new Snapshot({ cores, handles: link.handles, touched: link.touched }, reset, newKnowledge());
}

/** Throws a `LinkError` where a function is not of the type that the host calls it by. */
function checkTypes(functions: readonly (readonly [WebAssembly.CoreFunction, Signature])[]): void {
  const module = new WebAssembly.Module(
    moduleOf(
      functions.map(([, type]) => type),
      'importing',
    ),
  );
  new WebAssembly.Instance(module, {
    host: Object.fromEntries(functions.map(([made], index) => [`f${index}`, made])),
  });
}

function stubsOf(
  functions: LinkedProgram['plan']['functions'],
  suspending: ReadonlySet<number>,
  onCall: () => void,
): MadeFunction[] {
  const kinds = new ResourceKinds();
  const types = functions.flatMap((item, index) => {
    if (item.kind === 'import') return [signatureOf(item, kinds, suspending.has(index))];
    return item.kind === 'drop' ? [{ params: ['i32'], results: [] } as const] : [];
  });
  const module = new WebAssembly.Module(moduleOf(types, 'exporting'));
  const { exports } = new WebAssembly.Instance(module, { host: { called: onCall } });
  let next = 0;
  return functions.map((item) => {
    if (item.kind === 'export') return item;
    const value = exports[`f${next}`] as WebAssembly.CoreFunction;
    next += 1;
    return { kind: 'stub', value };
  });
}

/** The core type of a function of the host. Throws a `TypeError` where it lacks a memory, or an allocator, that it needs. */
function signatureOf(
  {
    function: imported,
    memory,
    realloc,
  }: { function: ImportedFunction; memory: number | undefined; realloc: number | undefined },
  kinds: ResourceKinds,
  waits: boolean,
): Signature {
  const { type, name, interface: owner } = imported;
  const { params } = writeImport(imported, kinds, waits);
  const results = type.result === undefined ? [] : layoutOf(type.result).flat;
  if (memory === undefined && needsMemory(type))
    throw new TypeError(`${owner} ${name} has no memory to pass values in`);
  if (realloc === undefined && type.result !== undefined && hasPointer(type.result))
    throw new TypeError(`${owner} ${name} has no allocator for what it answers`);
  return { params, results: results.length > maxFlatResults ? [] : results };
}

function needsMemory({ params, result }: FunctionType): boolean {
  const types = params.map(({ type }) => type);
  if (types.some(hasPointer)) return true;
  if (types.flatMap((type) => layoutOf(type).flat).length > maxFlatParams) return true;
  return result !== undefined && layoutOf(result).flat.length > maxFlatResults;
}

/** Whether values of the type lie in memory. */
function hasPointer(type: WitType): boolean {
  switch (type.kind) {
    case 'string':
    case 'list':
      return true;
    case 'record':
    case 'tuple':
      return fieldTypes(type).some(hasPointer);
    case 'variant':
    case 'enum':
    case 'option':
    case 'result':
      return casesOf(type).some((item) => item.type !== undefined && hasPointer(item.type));
    default:
      return false;
  }
}

/**
 * A module that imports functions of these types, `host.f0` and so on, or that exports such functions, which call `host.called`
 * and trap.
 */
function moduleOf(signatures: readonly Signature[], how: 'importing' | 'exporting'): Uint8Array<ArrayBuffer> {
  const count = signatures.length;
  const types = new BinaryWriter()
    .u32(count + 1)
    .byte(0x60)
    .u32(0)
    .u32(0);
  for (const { params, results } of signatures) {
    types.byte(0x60);
    for (const list of [params, results]) {
      types.u32(list.length);
      for (const core of list) types.byte(coreCodes[core]);
    }
  }
  const indexes = signatures.map((_, index) => index);
  const sections: [number, BinaryWriter][] = [[1, types]];
  if (how === 'importing') {
    const imports = new BinaryWriter().u32(count);
    for (const index of indexes)
      imports
        .name('host')
        .name(`f${index}`)
        .byte(0)
        .u32(index + 1);
    sections.push([2, imports]);
  } else {
    const imports = new BinaryWriter().u32(1).name('host').name('called').byte(0).u32(0);
    const declared = new BinaryWriter().u32(count);
    const exports = new BinaryWriter().u32(count);
    const bodies = new BinaryWriter().u32(count);
    for (const index of indexes) {
      declared.u32(index + 1);
      exports
        .name(`f${index}`)
        .byte(0)
        .u32(index + 1);
      // No locals; call 0, unreachable, end.
      bodies.u32(5).bytes(Uint8Array.of(0x00, 0x10, 0x00, 0x00, 0x0b));
    }
    sections.push([2, imports], [3, declared], [7, exports], [10, bodies]);
  }
  const module = new BinaryWriter().bytes(Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00));
  for (const [id, section] of sections) {
    const content = section.finish();
    module.byte(id).u32(content.length).bytes(content);
  }
  return module.finish();
}
