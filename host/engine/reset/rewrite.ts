import { BinaryReader } from '../decode/binary-reader.ts';
import { BinaryWriter } from './binary-writer.ts';
import { rewriteBody } from './body-rewriter.ts';
import type { CoreModule } from './core-module.ts';
import { tablePages } from './dirty-pages.ts';
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
  /** `memory.grow` as a function of the module that has the memory. */
  grow: 'kvasi:grow',
  /** A table for that function in a module that grows the memory of another. */
  sharedGrow: 'kvasi:shared-grow',
  /** The lowest address that the stack pointer has had. */
  lowest: 'kvasi:lowest',
  /** The memory with the table of which parts of the memory were written; see `dirty-pages.ts`. */
  table: 'kvasi:table',
  /** Not 0 where the stack pointer stood above the stack, so that not all that was written is in the table. */
  uncertain: 'kvasi:uncertain',
} as const;

/** Sections stand in this order; custom ones (0) may stand at the end. */
const sectionOrder = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];

/** The module that has the memory. */
export interface Owner {
  /** Where the stack of the guest begins, and the global that points to its end. */
  readonly stack: { readonly global: number; readonly top: number } | undefined;
}

/** `(i32) -> i32` */
const growType = Uint8Array.of(0x60, 1, 0x7f, 1, 0x7f);
/** A table of functions with one place. */
const tableOfOne = Uint8Array.of(0x70, 0x00, 1);

export interface Rewritten {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** It asks the module that has the memory for more, or for its size. */
  readonly growsOther: boolean;
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
export function rewrite(module: CoreModule, owner: Owner | undefined, notes: boolean): Rewritten {
  const bodies = new BinaryWriter();
  const grows = rewriteBodies(module, owner, notes, bodies);
  const growsOther = grows && owner === undefined;
  const extras = extrasOf(module, owner, notes, growsOther);
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
      if (id === 10) content.bytes(bodies.finish());
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
  return { bytes: output.finish(), growsOther };
}

function extrasOf(
  module: CoreModule,
  owner: Owner | undefined,
  notes: boolean,
  growsOther: boolean,
): Map<number, Extra> {
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
  const { uncertain, pages, lowest, grow: growIndex } = addedIndexes(module, notes);
  if (uncertain !== undefined && (owner !== undefined || module.importsMemory)) {
    exportItem(exportNames.uncertain, 3, uncertain);
    starts.push(0);
    // The second memory of a module that has, or imports, one.
    exportItem(exportNames.table, 2, 1);
    extras.set(5, { count: 1, items: new BinaryWriter().byte(1).u32(tablePages).u32(tablePages) });
  }
  if (growsOther) {
    extras.set(1, { count: 1, items: new BinaryWriter().bytes(growType) });
    extras.set(4, { count: 1, items: new BinaryWriter().bytes(tableOfOne) });
    exportItem(exportNames.sharedGrow, 1, module.tables);
  }
  if (owner !== undefined) {
    const grow = module.types.length;
    const ask = { table: module.tables, type: grow + 1 };
    // (i32) -> i32, (i32 i32) -> i32, and a table of one function.
    const types = new BinaryWriter().bytes(growType).bytes(Uint8Array.of(0x60, 2, 0x7f, 0x7f, 1, 0x7f));
    extras.set(1, { count: 2, items: types });
    extras.set(3, { count: 1, items: new BinaryWriter().u32(grow) });
    extras.set(4, { count: 1, items: new BinaryWriter().bytes(tableOfOne) });
    exportItem(exportNames.ask, 1, ask.table);
    starts.push(module.memoryPages ?? 0, owner.stack?.top ?? 0);
    exportItem(exportNames.memory, 2, 0);
    exportItem(exportNames.pages, 3, pages);
    exportItem(exportNames.lowest, 3, lowest);
    exportItem(exportNames.grow, 0, growIndex);
    const body = growFunction(pages, ask);
    extras.set(10, { count: 1, items: new BinaryWriter().u32(body.length).bytes(body) });
  }
  if (starts.length > 0) {
    const globals = new BinaryWriter();
    for (const start of starts) globals.byte(0x7f).byte(1).initial(start);
    extras.set(6, { count: starts.length, items: globals });
  }
  if (exported > 0) extras.set(7, { count: exported, items: exports });
  return extras;
}

/** The indexes of what is added. Only the owner of the memory has all of it; a module that writes to the memory of another has `uncertain`, which nothing there sets. */
function addedIndexes(
  { importedGlobals, globals, importedFunctions, functions }: CoreModule,
  notes: boolean,
) {
  const first = importedGlobals + globals.length;
  const pages = notes ? first + 1 : first;
  const uncertain = notes ? first : undefined;
  return { uncertain, pages, lowest: pages + 1, grow: importedFunctions + functions.length };
}

/** Answers whether the memory is asked for its size, or for more. */
function rewriteBodies(
  module: CoreModule,
  owner: Owner | undefined,
  notes: boolean,
  output: BinaryWriter,
): boolean {
  const section = module.sections.find(({ id }) => id === 10);
  if (section === undefined) return false;
  const reader = new BinaryReader(module.bytes, section.start, section.end);
  reader.u32();
  const indexes = addedIndexes(module, notes);
  let grows = false;
  const used = (replacement: Uint8Array) => (): Uint8Array => {
    grows = true;
    return replacement;
  };
  const { grown, sized } = owner === undefined ? sharedGrow(module) : ownGrow(indexes);
  const stack = owner?.stack;
  const replacements = {
    grow: used(grown),
    size: used(sized),
    stackPointer: stack?.global,
    noted: stack === undefined ? new Uint8Array() : noteStackPointer(stack.global, stack.top, indexes),
    notes: notes && (owner !== undefined || module.importsMemory),
  };
  for (const type of module.functions) {
    const body = reader.slice(reader.u32());
    const written = rewriteBody(module.bytes, body, module.types[type] ?? 0, replacements);
    output.u32(written.length).bytes(written);
  }
  return grows;
}

function ownGrow({ grow, pages }: { readonly grow: number; readonly pages: number }) {
  return {
    grown: new BinaryWriter().byte(0x10).u32(grow).finish(),
    sized: new BinaryWriter().byte(0x23).u32(pages).finish(),
  };
}

/** A module that has not the memory calls the one that has, through a table; growth by nothing answers the size. */
function sharedGrow({ types, tables }: CoreModule) {
  const zero = [0x41, 0] as const;
  const call = new BinaryWriter().byte(0x11).u32(types.length).u32(tables).finish();
  return {
    grown: new BinaryWriter()
      .bytes(Uint8Array.of(...zero))
      .bytes(call)
      .finish(),
    sized: new BinaryWriter()
      .bytes(Uint8Array.of(...zero, ...zero))
      .bytes(call)
      .finish(),
  };
}
