import type { BinaryReader } from '../decode/binary-reader.ts';
import { NotResettable, readValueType } from './core-module.ts';

/** A type of a value that is stored. */
export type StoredType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128';

/** An instruction that writes a value to memory, at an address and an offset from it. */
export interface Store {
  readonly type: StoredType;
  readonly offset: number;
  /** Bytes that are written. */
  readonly size: number;
}

/** What a module does that has to be followed, with where it stands in the binary. */
export interface Visitor {
  /** The body begins with its own locals, behind the parameters. @param end where they end */
  locals(count: number, end: number): void;
  store(store: Store, start: number): void;
  globalSet(global: number, end: number): void;
  /** Each instruction but these two. What is told of some of them below comes before. */
  instruction(opcode: number, start: number, end: number): void;
  /** `memory.fill`, `memory.copy` or `memory.init`. */
  bulkWrite(start: number): void;
  memoryGrow(start: number, end: number): void;
  memorySize(start: number, end: number): void;
}

/** The plain stores begin with this opcode. */
const firstStore = 0x36;
const stores: readonly (readonly [type: StoredType, size: number])[] = [
  ['i32', 4],
  ['i64', 8],
  ['f32', 4],
  ['f64', 8],
  ['i32', 1],
  ['i32', 2],
  ['i64', 1],
  ['i64', 2],
  ['i64', 4],
];

/** Walks the body of a function. Throws `NotResettable` for what can't be taken back, and for what is unknown. */
export function walkBody(reader: BinaryReader, visitor: Visitor): void {
  const groups = reader.vector((item) => {
    const count = item.u32();
    readValueType(item);
    return count;
  });
  const locals = groups.reduce((sum, count) => sum + count, 0);
  visitor.locals(locals, reader.position);
  while (!reader.done) walkInstruction(reader, visitor);
}

function walkInstruction(reader: BinaryReader, visitor: Visitor): void {
  const start = reader.position;
  const opcode = reader.byte();
  const stored = stores[opcode - firstStore];
  if (stored !== undefined) {
    const [type, size] = stored;
    visitor.store({ type, offset: readAddress(reader), size }, start);
    return;
  }
  switch (opcode) {
    case 0x24:
      visitor.globalSet(reader.u32(), reader.position);
      return;
    case 0x3f:
      reader.u32();
      visitor.memorySize(start, reader.position);
      break;
    case 0x40:
      reader.u32();
      visitor.memoryGrow(start, reader.position);
      break;
    case 0xfc:
      if (walkBulk(reader)) visitor.bulkWrite(start);
      break;
    case 0xfd: {
      const store = walkVector(reader);
      if (store === undefined) break;
      visitor.store(store, start);
      return;
    }
    default:
      skipImmediates(opcode, reader);
  }
  visitor.instruction(opcode, start, reader.position);
}

function skipImmediates(opcode: number, reader: BinaryReader): void {
  if (opcode >= 0x45 && opcode <= 0xc4) return;
  if (opcode >= 0x28 && opcode < firstStore) {
    readAddress(reader);
    return;
  }
  switch (opcode) {
    case 0x00:
    case 0x01:
    case 0x05:
    case 0x0b:
    case 0x0f:
    case 0x1a:
    case 0x1b:
    case 0xd1:
      return;
    case 0x02:
    case 0x03:
    case 0x04:
      reader.s33();
      return;
    case 0x0c:
    case 0x0d:
    case 0x10:
    case 0x12:
    case 0x20:
    case 0x21:
    case 0x22:
    case 0x23:
    case 0x25:
    case 0xd2:
      reader.u32();
      return;
    case 0x0e:
      reader.vector((item) => item.u32());
      reader.u32();
      return;
    case 0x11:
    case 0x13:
      reader.u32();
      reader.u32();
      return;
    case 0x1c:
      reader.vector(readValueType);
      return;
    case 0x26:
      throw new NotResettable('a core module writes to a table');
    case 0x41:
    case 0x42:
      while (reader.byte() >= 0x80);
      return;
    case 0x43:
      reader.slice(4);
      return;
    case 0x44:
      reader.slice(8);
      return;
    case 0xd0:
      reader.byte();
      return;
    default:
      throw new NotResettable(`a core module has an instruction of opcode 0x${opcode.toString(16)}`);
  }
}

/** The offset of a load or store, behind its alignment; a memory other than the first is named where bit 6 is set. */
function readAddress(reader: BinaryReader): number {
  if (reader.u32() >= 0x40) throw new NotResettable('a core module has several memories');
  return reader.u32();
}

/** Answers whether it writes to memory. */
function walkBulk(reader: BinaryReader): boolean {
  const opcode = reader.u32();
  if (opcode <= 7) return false;
  switch (opcode) {
    case 8:
    case 10:
      reader.u32();
      reader.u32();
      return true;
    case 11:
      reader.u32();
      return true;
    case 16:
      reader.u32();
      return false;
    case 9:
    case 13:
      throw new NotResettable('a core module drops a segment');
    case 12:
    case 14:
    case 15:
    case 17:
      throw new NotResettable('a core module writes to a table');
    default:
      throw new NotResettable(`a core module has an instruction of opcode 0xfc ${opcode}`);
  }
}

function walkVector(reader: BinaryReader): Store | undefined {
  const opcode = reader.u32();
  if (opcode <= 10 || opcode === 92 || opcode === 93) readAddress(reader);
  else if (opcode === 11) return { type: 'v128', offset: readAddress(reader), size: 16 };
  else if (opcode === 12 || opcode === 13) reader.slice(16);
  else if (opcode >= 21 && opcode <= 34) reader.byte();
  else if (opcode >= 84 && opcode <= 91) {
    const offset = readAddress(reader);
    reader.byte();
    if (opcode >= 88) return { type: 'v128', offset, size: 2 ** (opcode - 88) };
  } else if (opcode > 275) {
    throw new NotResettable(`a core module has an instruction of opcode 0xfd ${opcode}`);
  }
  return undefined;
}
