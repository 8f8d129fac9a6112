import type { BinaryReader } from './binary-reader.ts';
import { Undecodable } from './undecodable.ts';

/** Reads past the type of a core function or module: what a module needs and gives, it says by itself. */
export function skipCoreType(reader: BinaryReader): void {
  const form = reader.byte();
  switch (form) {
    case 0x60:
      reader.vector(skipValueType);
      reader.vector(skipValueType);
      return;
    case 0x50:
      reader.vector(skipModuleDeclaration);
      return;
    default:
      throw new Undecodable(`a core type of kind 0x${form.toString(16)}`, reader.position);
  }
}

function skipModuleDeclaration(reader: BinaryReader): void {
  const form = reader.byte();
  switch (form) {
    case 0x00:
      reader.name();
      reader.name();
      skipExternType(reader);
      return;
    case 0x01:
      skipCoreType(reader);
      return;
    case 0x02:
      // The sort, how far out, and which.
      reader.byte();
      reader.byte();
      reader.u32();
      reader.u32();
      return;
    case 0x03:
      reader.name();
      skipExternType(reader);
      return;
    default:
      throw new Undecodable(`a core module's type with a declaration of kind ${form}`, reader.position);
  }
}

function skipExternType(reader: BinaryReader): void {
  const form = reader.byte();
  switch (form) {
    case 0x00:
      reader.u32();
      return;
    case 0x01:
      skipValueType(reader);
      skipLimits(reader);
      return;
    case 0x02:
      skipLimits(reader);
      return;
    case 0x03:
      skipValueType(reader);
      reader.byte();
      return;
    case 0x04:
      reader.byte();
      reader.u32();
      return;
    default:
      throw new Undecodable(`a core module's type with an import of kind ${form}`, reader.position);
  }
}

/** A number, a vector or a reference; references to types of their own are followed by a heap type. */
function skipValueType(reader: BinaryReader): void {
  const type = reader.byte();
  if (type === 0x63 || type === 0x64) reader.s33();
}

function skipLimits(reader: BinaryReader): void {
  const flags = reader.byte();
  reader.u32();
  if ((flags & 1) !== 0) reader.u32();
}
