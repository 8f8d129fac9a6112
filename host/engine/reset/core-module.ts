import { BinaryReader } from '../decode/binary-reader.ts';

/** A core module can't be brought back to its start by this host; a new instance is made instead. */
export class NotResettable extends Error {
  override readonly name = 'NotResettable';
}

export interface Section {
  readonly id: number;
  /** The contents, without id and size. */
  readonly start: number;
  readonly end: number;
}

export interface GlobalDefinition {
  readonly isMutable: boolean;
  /** The value of an i32 that starts as a constant. */
  readonly constant: number | undefined;
}

/** What of a core module matters for taking it back to its start. */
export interface CoreModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly sections: readonly Section[];
  readonly importedFunctions: number;
  readonly importedGlobals: number;
  readonly importsMemory: boolean;
  /** The names of the memory that it imports. */
  readonly memoryImport: { readonly module: string; readonly name: string } | undefined;
  /** How many tables it has, imported ones too. */
  readonly tables: number;
  /** How many parameters each of its function types has. */
  readonly types: readonly number[];
  /** The type of each of its own functions. */
  readonly functions: readonly number[];
  readonly globals: readonly GlobalDefinition[];
  /** Pages that its own memory starts with; absent when it has none. */
  readonly memoryPages: number | undefined;
  readonly exports: readonly string[];
  /** It may change a global of another module. */
  readonly importsChangingGlobal: boolean;
  /** The lowest address that its data segments fill; `undefined` when that is not known before it runs. */
  readonly lowestData: number | undefined;
  /** The global that the names call `__stack_pointer`. */
  readonly namedStackPointer: number | undefined;
}

const magicLength = 8;

/** Throws `NotResettable` for a module with something in it that is unknown here. */
export function readCoreModule(bytes: Uint8Array<ArrayBuffer>): CoreModule {
  const sections: Section[] = [];
  const reader = new BinaryReader(bytes, magicLength);
  while (!reader.done) {
    const id = reader.byte();
    const size = reader.u32();
    const start = reader.position;
    reader.slice(size);
    sections.push({ id, start, end: start + size });
  }
  const within = (id: number): BinaryReader | undefined => {
    const section = sections.find((item) => item.id === id);
    return section && new BinaryReader(bytes, section.start, section.end);
  };
  const imports = readImports(within(2));
  const globals = within(6)?.vector(readGlobal) ?? [];
  return {
    bytes,
    sections,
    ...imports,
    tables: imports.importedTables + (within(4)?.u32() ?? 0),
    types: within(1)?.vector(readFunctionType) ?? [],
    functions: within(3)?.vector((item) => item.u32()) ?? [],
    globals,
    memoryPages: readMemory(within(5), imports.importsMemory),
    exports: within(7)?.vector(readExportName) ?? [],
    lowestData: readLowestData(within(11)),
    namedStackPointer: readStackPointerName(bytes, sections),
  };
}

function readImports(reader: BinaryReader | undefined) {
  let importedFunctions = 0;
  let importedGlobals = 0;
  let memoryImport: CoreModule['memoryImport'];
  let importedTables = 0;
  let importsChangingGlobal = false;
  reader?.vector((item) => {
    const module = item.name();
    const name = item.name();
    const kind = item.byte();
    switch (kind) {
      case 0:
        item.u32();
        importedFunctions += 1;
        return;
      case 1:
        item.byte();
        readLimits(item);
        importedTables += 1;
        return;
      case 2:
        readLimits(item);
        memoryImport = { module, name };
        return;
      case 3:
        // One that can change is brought back where it is defined.
        item.byte();
        if (item.byte() === 1) importsChangingGlobal = true;
        importedGlobals += 1;
        return;
      default:
        throw new NotResettable(`a core module imports something of kind ${kind}`);
    }
  });
  return {
    importedFunctions,
    importedGlobals,
    importsMemory: memoryImport !== undefined,
    memoryImport,
    importedTables,
    importsChangingGlobal,
  };
}

function readLimits(reader: BinaryReader): number {
  const flags = reader.byte();
  if (flags > 1) throw new NotResettable('a core module has a shared or a 64-bit memory');
  const least = reader.u32();
  if (flags === 1) reader.u32();
  return least;
}

function readFunctionType(reader: BinaryReader): number {
  if (reader.byte() !== 0x60) throw new NotResettable('a core module has types that are no functions');
  const params = reader.vector(readValueType);
  reader.vector(readValueType);
  return params.length;
}

/** Numbers, vectors and plain references; those with a type of their own are of garbage-collected modules. */
export function readValueType(reader: BinaryReader): void {
  const type = reader.byte();
  if (type < 0x6f) throw new NotResettable(`a core module has values of type 0x${type.toString(16)}`);
}

function readMemory(reader: BinaryReader | undefined, importsMemory: boolean): number | undefined {
  const memories = reader?.vector(readLimits) ?? [];
  if (memories.length > (importsMemory ? 0 : 1))
    throw new NotResettable('a core module has several memories');
  return memories[0];
}

function readGlobal(reader: BinaryReader): GlobalDefinition {
  readValueType(reader);
  const isMutable = reader.byte() === 1;
  return { isMutable, constant: readConstant(reader) };
}

/** Integer sums, differences and products, which initializers of globals and segments may be made of. */
const arithmetic = new Set([0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e]);

/** The value of `i32.const n end`; any other initializer is read past. */
function readConstant(reader: BinaryReader): number | undefined {
  let value = readConstantInstruction(reader);
  for (let opcode = reader.byte(); opcode !== 0x0b; opcode = reader.byte()) {
    value = undefined;
    if (!arithmetic.has(opcode)) readConstantInstruction(reader, opcode);
  }
  return value;
}

function readConstantInstruction(reader: BinaryReader, opcode = reader.byte()): number | undefined {
  switch (opcode) {
    case 0x41:
      return reader.s33();
    case 0x42:
      while (reader.byte() >= 0x80);
      return undefined;
    case 0x43:
      reader.slice(4);
      return undefined;
    case 0x44:
      reader.slice(8);
      return undefined;
    case 0x23:
    case 0xd2:
      reader.u32();
      return undefined;
    case 0xd0:
      reader.byte();
      return undefined;
    default:
      throw new NotResettable(`a core module starts with an expression of opcode 0x${opcode.toString(16)}`);
  }
}

function readExportName(reader: BinaryReader): string {
  const name = reader.name();
  reader.byte();
  reader.u32();
  return name;
}

function readLowestData(reader: BinaryReader | undefined): number | undefined {
  let lowest: number | undefined = Number.POSITIVE_INFINITY;
  reader?.vector((item) => {
    const form = item.u32();
    if (form === 2) item.u32();
    if (form !== 1) {
      const offset = readConstant(item);
      lowest = offset === undefined || lowest === undefined ? undefined : Math.min(lowest, offset >>> 0);
    }
    item.slice(item.u32());
  });
  return lowest;
}

/** Names of globals are in subsection 7 of the custom section `name`. */
function readStackPointerName(
  bytes: Uint8Array<ArrayBuffer>,
  sections: readonly Section[],
): number | undefined {
  for (const { id, start, end } of sections) {
    if (id !== 0) continue;
    const reader = new BinaryReader(bytes, start, end);
    if (reader.name() !== 'name') continue;
    while (!reader.done) {
      const subsection = reader.byte();
      const content = reader.slice(reader.u32());
      if (subsection !== 7) continue;
      const names = content.vector((item) => [item.u32(), item.name()] as const);
      return names.find(([, name]) => name === '__stack_pointer')?.[0];
    }
  }
  return undefined;
}
