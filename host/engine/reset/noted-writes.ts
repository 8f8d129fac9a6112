import { BinaryWriter } from './binary-writer.ts';
import { partShift } from './dirty-pages.ts';
import { op } from './opcodes.ts';

/** The memory with the table of what was written stands behind the module's own, or that which it imports. */
const tableMemory = 1;
/** In the alignment of a store: its memory is named. */
const isNamed = 0x40;

/** The locals of a function that notes its stores. */
interface StoreLocals {
  readonly address: number;
  readonly value: number;
}

/** Those of a function that notes its writes of many bytes. */
interface BulkLocals {
  readonly address: number;
  readonly value: number;
  readonly length: number;
}

/** Where all code here is put together: a large module has hundreds of thousands of stores. */
const code = new BinaryWriter();

/**
 * To stand before a store, whose operands it leaves as they are: `table[(address + offset) >> 12] = 1`. It is not looked whether that
 * is noted already, which costs more than to note it once more.
 */
export function noteStore({ address, value }: StoreLocals, offset: number): Uint8Array {
  code.clear().byte(op.localSet).u32(value).byte(op.localTee).u32(address);
  putPart(address, offset);
  code.constant(1).byte(op.storeByte).u32(isNamed).u32(tableMemory).u32(0);
  return code.byte(op.localGet).u32(value).finish();
}

/**
 * To stand before `memory.fill`, `memory.copy` and `memory.init`, whose operands it leaves as they are:
 *
 *     first = address >> 12; fill table from first with 1, (address + length >> 12) - first + 1 times
 *
 * Where the range ends outside of what a memory can have this traps, as the write would.
 */
export function noteBulkWrite({ address, value, length }: BulkLocals): Uint8Array {
  code.clear().byte(op.localSet).u32(length).byte(op.localSet).u32(value).byte(op.localTee).u32(address);
  putPart(address);
  code.constant(1);
  putPartBehind(address, length);
  putPart(address);
  code.byte(op.subtract).constant(1).byte(op.add).byte(op.bulk).byte(op.memoryFill).byte(tableMemory);
  return code.byte(op.localGet).u32(value).byte(op.localGet).u32(length).finish();
}

/** `(address + offset) >> 12` */
function putPart(address: number, offset = 0): void {
  code.byte(op.localGet).u32(address);
  if (offset !== 0) code.constant(offset).byte(op.add);
  code.constant(partShift).byte(op.shiftRight);
}

/** `(address + length) >> 12` */
function putPartBehind(address: number, length: number): void {
  code.byte(op.localGet).u32(address).byte(op.localGet).u32(length).byte(op.add);
  code.constant(partShift).byte(op.shiftRight);
}
