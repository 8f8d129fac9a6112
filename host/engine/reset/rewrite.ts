import { BinaryReader } from '../decode/binary-reader.ts';
import { BinaryWriter } from './binary-writer.ts';
import { rewriteBody } from './body-rewriter.ts';
import { type CoreModule, NotResettable } from './core-module.ts';
import { growFunction, noteStackPointer } from './inserted-code.ts';

/** Under these names a rewritten module exports what the host restores. */
export const exportNames = {
  /** Followed by a number that counts the globals that change, from 0. */
  global: 'kvasi:global:',
  memory: 'kvasi:memory',
  /** Pages of memory that the guest believes to have. */
  pages: 'kvasi:pages',
  /** A table for the function of the host that is asked before the memory grows; see `growFunction`. */
  ask: 'kvasi:ask',
  /** The lowest address that the stack pointer has had. */
  lowest: 'kvasi:lowest',
  /** Which parts of the memory were written; see `touched-parts.ts`. */
  touched: 'kvasi:touched',
} as const;

/** Sections stand in this order; custom ones (0) may stand at the end. */
const sectionOrder = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];

/** The module that has the memory. */
export interface Owner {
  /** Where the stack of the guest begins, and the global that points to its end. */
  readonly stack: { readonly global: number; readonly top: number } | undefined;
}

/** Items for the end of a section. */
interface Extra {
  readonly count: number;
  readonly items: BinaryWriter;
}

/**
 * Exports the globals that change, and for the owner of the memory: `memory.size` and `memory.grow` go by a counter,
 * because memory can grow but not shrink, the lowest value of the stack pointer is noted, and with `notes` also which parts of the
 * memory are written. Nothing is renumbered: all that is added stands behind what is there. Throws `NotResettable`.
 */
export function rewrite(
  module: CoreModule,
  owner: Owner | undefined,
  notes: boolean,
): Uint8Array<ArrayBuffer> {
  const extras = extrasOf(module, owner, notes);
  const output = new BinaryWriter().bytes(module.bytes.subarray(0, 8));
  for (const id of sectionOrder) {
    const section = module.sections.find((item) => item.id === id);
    const extra = extras.get(id);
    if (section === undefined && extra === undefined) continue;
    const reader = section && new BinaryReader(module.bytes, section.start, section.end);
    if (reader !== undefined && extra === undefined && id !== 10) {
      const content = reader.rest();
      output.byte(id).u32(content.length).bytes(content);
      continue;
    }
    const count = (reader?.u32() ?? 0) + (extra?.count ?? 0);
    const content = new BinaryWriter().u32(count);
    if (reader !== undefined) {
      if (id === 10) rewriteBodies(reader, module, owner, notes, content);
      else content.bytes(reader.rest());
    }
    if (extra !== undefined) content.bytes(extra.items.finish());
    const bytes = content.finish();
    output.byte(id).u32(bytes.length).bytes(bytes);
  }
  for (const { id, start, end } of module.sections) {
    if (id === 0)
      output
        .byte(0)
        .u32(end - start)
        .bytes(module.bytes.subarray(start, end));
  }
  return output.finish();
}

function extrasOf(module: CoreModule, owner: Owner | undefined, notes: boolean): Map<number, Extra> {
  const extras = new Map<number, Extra>();
  const exports = new BinaryWriter();
  let exported = 0;
  const exportItem = (name: string, kind: number, index: number): void => {
    exports.name(name).byte(kind).u32(index);
    exported += 1;
  };
  for (const [index, { isMutable }] of module.globals.entries()) {
    if (isMutable) exportItem(`${exportNames.global}${exported}`, 3, module.importedGlobals + index);
  }
  const starts: number[] = [];
  const { touched, pages, lowest } = addedIndexes(module, notes);
  if (touched !== undefined && (owner !== undefined || module.importsMemory)) {
    exportItem(exportNames.touched, 3, touched);
    starts.push(0);
  }
  if (owner !== undefined) {
    const grow = module.types.length;
    const ask = { table: module.tables, type: grow + 1 };
    // (i32) -> i32, (i32 i32) -> i32, and a table of one function.
    const types = new BinaryWriter().bytes(
      Uint8Array.of(0x60, 1, 0x7f, 1, 0x7f, 0x60, 2, 0x7f, 0x7f, 1, 0x7f),
    );
    extras.set(1, { count: 2, items: types });
    extras.set(3, { count: 1, items: new BinaryWriter().u32(grow) });
    extras.set(4, { count: 1, items: new BinaryWriter().bytes(Uint8Array.of(0x70, 0x00, 1)) });
    exportItem(exportNames.ask, 1, ask.table);
    starts.push(module.memoryPages ?? 0, owner.stack?.top ?? 0);
    exportItem(exportNames.memory, 2, 0);
    exportItem(exportNames.pages, 3, pages);
    exportItem(exportNames.lowest, 3, lowest);
    const body = growFunction(pages, ask);
    extras.set(10, { count: 1, items: new BinaryWriter().u32(body.length).bytes(body) });
  }
  if (starts.length > 0) {
    const globals = new BinaryWriter();
    for (const start of starts) globals.byte(0x7f).byte(1).constant(start);
    extras.set(6, { count: starts.length, items: globals });
  }
  if (exported > 0) extras.set(7, { count: exported, items: exports });
  return extras;
}

/** The indexes of what is added. Only the owner of the memory has all of it; a module that writes to the memory of another has `touched`. */
function addedIndexes(
  { importedGlobals, globals, importedFunctions, functions }: CoreModule,
  notes: boolean,
) {
  const first = importedGlobals + globals.length;
  const pages = notes ? first + 1 : first;
  const touched = notes ? first : undefined;
  return { touched, pages, lowest: pages + 1, grow: importedFunctions + functions.length };
}

function rewriteBodies(
  reader: BinaryReader,
  module: CoreModule,
  owner: Owner | undefined,
  notes: boolean,
  output: BinaryWriter,
): void {
  const indexes = addedIndexes(module, notes);
  const grown = new BinaryWriter().byte(0x10).u32(indexes.grow).finish();
  const sized = new BinaryWriter().byte(0x23).u32(indexes.pages).finish();
  const owned = (replacement: Uint8Array) => (): Uint8Array => {
    if (owner === undefined) throw new NotResettable('a core module grows the memory of another');
    return replacement;
  };
  const stack = owner?.stack;
  const replacements = {
    grow: owned(grown),
    size: owned(sized),
    stackPointer: stack?.global,
    noted: stack === undefined ? new Uint8Array() : noteStackPointer(stack.global, stack.top, indexes),
    touched: indexes.touched,
  };
  for (const type of module.functions) {
    const body = reader.slice(reader.u32());
    const written = rewriteBody(module.bytes, body, module.types[type] ?? 0, replacements);
    output.u32(written.length).bytes(written);
  }
}
