import { BinaryWriter } from './binary-writer.ts';
import { allParts, partShift, partSize } from './dirty-pages.ts';
import { op } from './opcodes.ts';

const noResult = 0x40;
/** The memory with the table of what was written stands behind the module's own, or that which it imports. */
const tableMemory = 1;
/** In the alignment of a store: its memory is named. */
const isNamed = 0x40;

/** The locals of a function that notes its stores. */
interface StoreLocals {
  readonly address: number;
  readonly value: number;
  readonly parts: number;
  /** Parts that are known to be noted. */
  readonly known: number;
}

/** Those of a function that notes its writes of many bytes. */
interface BulkLocals {
  readonly address: number;
  readonly value: number;
  readonly length: number;
}

/** Where all code here is put together: a large module has hundreds of thousands of stores. */
const code = new BinaryWriter();

/** To stand at the beginning of a function: `known = touched`. */
export function beginNotes(touched: number, known: number): Uint8Array {
  return code.clear().byte(op.globalGet).u32(touched).byte(op.localSet).u32(known).finish();
}

/**
 * To stand before a store, whose operands it leaves as they are:
 *
 *     parts = 1 << ((address + offset) >> 12)
 *     if ((known & parts) == 0) touched = known = touched | parts
 *
 * It looks in a local, which a compiler keeps in a register, because a loop of stores would otherwise read the global each time.
 */
export function noteStore(
  touched: number,
  { address, parts, value, known }: StoreLocals,
  offset: number,
): Uint8Array {
  code.clear().byte(op.localSet).u32(value).byte(op.localTee).u32(address);
  code.byte(op.localGet).u32(known).constant(1);
  putPart(address, offset);
  code.byte(op.shiftLeft).byte(op.localTee).u32(parts).byte(op.and).byte(op.isZero);
  code.byte(op.if).byte(noResult);
  code.byte(op.globalGet).u32(touched).byte(op.localGet).u32(parts).byte(op.or);
  code.byte(op.localTee).u32(known).byte(op.globalSet).u32(touched);
  return code.byte(op.end).byte(op.localGet).u32(value).finish();
}

/**
 * To stand before `memory.fill`, `memory.copy` and `memory.init`, whose operands it leaves as they are:
 *
 *     touched = touched | (length > 4096 ? all parts : part of address | part of address + length)
 */
export function noteBulkWrite(touched: number, { address, value, length }: BulkLocals): Uint8Array {
  code.clear().byte(op.localSet).u32(length).byte(op.localSet).u32(value).byte(op.localTee).u32(address);
  code.byte(op.globalGet).u32(touched).constant(allParts).constant(1);
  putPart(address);
  code.byte(op.shiftLeft).constant(1);
  putPartBehind(address, length);
  code.byte(op.shiftLeft).byte(op.or);
  code.byte(op.localGet).u32(length).constant(partSize).byte(op.greaterUnsigned).byte(op.select);
  code.byte(op.or).byte(op.globalSet).u32(touched);
  return code.byte(op.localGet).u32(value).byte(op.localGet).u32(length).finish();
}

/**
 * To stand before a store, whose operands it leaves as they are: `table[(address + offset) >> 12] = 1`. It is not looked whether that
 * is noted already, which costs more than to note it once more.
 */
export function noteStoreInTable(
  { address, value }: Pick<StoreLocals, 'address' | 'value'>,
  offset: number,
): Uint8Array {
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
export function noteBulkWriteInTable({ address, value, length }: BulkLocals): Uint8Array {
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
