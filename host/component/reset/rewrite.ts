import { BinaryReader } from '../binary-reader.ts';
import { BinaryWriter } from './binary-writer.ts';
import { type CoreModule, NotResettable } from './core-module.ts';
import { growFunction, noteStackPointer } from './inserted-code.ts';
import { walkBody } from './instructions.ts';

/** Under these names a rewritten module exports what the host restores. */
export const exportNames = {
  /** Followed by a number that counts the globals that change, from 0. */
  global: 'kvasi:global:',
  memory: 'kvasi:memory',
  /** Pages of memory that the guest believes to have. */
  pages: 'kvasi:pages',
  /** The lowest address that the stack pointer has had. */
  lowest: 'kvasi:lowest',
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
 * because memory can grow but not shrink, and the lowest value of the stack pointer is noted. Nothing is renumbered:
 * all that is added stands behind what is there. Throws `NotResettable`.
 */
export function rewrite(module: CoreModule, owner: Owner | undefined): Uint8Array<ArrayBuffer> {
  const extras = extrasOf(module, owner);
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
      if (id === 10) rewriteBodies(reader, module, owner, content);
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

function extrasOf(module: CoreModule, owner: Owner | undefined): Map<number, Extra> {
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
  if (owner !== undefined) {
    const { pages, lowest } = addedIndexes(module);
    extras.set(1, { count: 1, items: new BinaryWriter().byte(0x60).byte(1).byte(0x7f).byte(1).byte(0x7f) });
    extras.set(3, { count: 1, items: new BinaryWriter().u32(module.types) });
    const globals = new BinaryWriter();
    for (const start of [module.memoryPages ?? 0, owner.stack?.top ?? 0])
      globals.byte(0x7f).byte(1).constant(start);
    extras.set(6, { count: 2, items: globals });
    exportItem(exportNames.memory, 2, 0);
    exportItem(exportNames.pages, 3, pages);
    exportItem(exportNames.lowest, 3, lowest);
    const body = growFunction(pages);
    extras.set(10, { count: 1, items: new BinaryWriter().u32(body.length).bytes(body) });
  }
  if (exported > 0) extras.set(7, { count: exported, items: exports });
  return extras;
}

/** The indexes of what is added to the owner of the memory. */
function addedIndexes({ importedGlobals, globals, importedFunctions, functions }: CoreModule) {
  const pages = importedGlobals + globals.length;
  return { pages, lowest: pages + 1, grow: importedFunctions + functions };
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly replacement: Uint8Array;
}

function rewriteBodies(
  reader: BinaryReader,
  module: CoreModule,
  owner: Owner | undefined,
  output: BinaryWriter,
): void {
  const { pages, lowest, grow } = addedIndexes(module);
  const grown = new BinaryWriter().byte(0x10).u32(grow).finish();
  const sized = new BinaryWriter().byte(0x23).u32(pages).finish();
  const stackPointer = owner?.stack?.global;
  const noted = stackPointer === undefined ? undefined : noteStackPointer(stackPointer, lowest);
  let edits: Edit[] = [];
  const replace = (start: number, end: number, replacement: Uint8Array): void => {
    if (owner === undefined) throw new NotResettable('a core module grows the memory of another');
    edits.push({ start, end, replacement });
  };
  const visitor = {
    memoryGrow: (start: number, end: number) => replace(start, end, grown),
    memorySize: (start: number, end: number) => replace(start, end, sized),
    globalSet(global: number, end: number) {
      if (noted !== undefined && global === stackPointer) edits.push({ start: end, end, replacement: noted });
    },
  };
  while (!reader.done) {
    const body = reader.slice(reader.u32());
    const start = body.position;
    edits = [];
    walkBody(body, visitor);
    writeBody(module.bytes, start, body.end, edits, output);
  }
}

function writeBody(
  bytes: Uint8Array,
  start: number,
  end: number,
  edits: readonly Edit[],
  output: BinaryWriter,
): void {
  let size = end - start;
  for (const edit of edits) size += edit.replacement.length - (edit.end - edit.start);
  output.u32(size);
  let at = start;
  for (const edit of edits) {
    output.bytes(bytes.subarray(at, edit.start)).bytes(edit.replacement);
    at = edit.end;
  }
  output.bytes(bytes.subarray(at, end));
}
