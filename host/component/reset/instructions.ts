import type { BinaryReader } from '../binary-reader.ts';
import { NotResettable, readValueType } from './core-module.ts';

/** What a module does that has to be followed, with where it stands in the binary. */
export interface Visitor {
  memoryGrow(start: number, end: number): void;
  memorySize(start: number, end: number): void;
  globalSet(global: number, end: number): void;
}

/** Walks the body of a function. Throws `NotResettable` for what can't be taken back, and for what is unknown. */
export function walkBody(reader: BinaryReader, visitor: Visitor): void {
  reader.vector((item) => {
    item.u32();
    readValueType(item);
  });
  while (!reader.done) {
    const start = reader.position;
    const opcode = reader.byte();
    switch (opcode) {
      case 0x24:
        visitor.globalSet(reader.u32(), reader.position);
        break;
      case 0x3f:
        reader.u32();
        visitor.memorySize(start, reader.position);
        break;
      case 0x40:
        reader.u32();
        visitor.memoryGrow(start, reader.position);
        break;
      default:
        skipImmediates(opcode, reader);
    }
  }
}

function skipImmediates(opcode: number, reader: BinaryReader): void {
  if (opcode >= 0x45 && opcode <= 0xc4) return;
  if (opcode >= 0x28 && opcode <= 0x3e) {
    skipAddress(reader);
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
    case 0xfc:
      skipBulk(reader);
      return;
    case 0xfd:
      skipVector(reader);
      return;
    default:
      throw new NotResettable(`a core module has an instruction of opcode 0x${opcode.toString(16)}`);
  }
}

/** Alignment and offset of a load or store; a memory other than the first is named where bit 6 is set. */
function skipAddress(reader: BinaryReader): void {
  if (reader.u32() >= 0x40) throw new NotResettable('a core module has several memories');
  reader.u32();
}

function skipBulk(reader: BinaryReader): void {
  const opcode = reader.u32();
  if (opcode <= 7) return;
  switch (opcode) {
    case 8:
    case 10:
      reader.u32();
      reader.u32();
      return;
    case 11:
    case 16:
      reader.u32();
      return;
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

function skipVector(reader: BinaryReader): void {
  const opcode = reader.u32();
  if (opcode <= 11 || opcode === 92 || opcode === 93) skipAddress(reader);
  else if (opcode === 12 || opcode === 13) reader.slice(16);
  else if (opcode >= 21 && opcode <= 34) reader.byte();
  else if (opcode >= 84 && opcode <= 91) {
    skipAddress(reader);
    reader.byte();
  } else if (opcode > 275) {
    throw new NotResettable(`a core module has an instruction of opcode 0xfd ${opcode}`);
  }
}
