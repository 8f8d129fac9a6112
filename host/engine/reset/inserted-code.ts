import { BinaryWriter } from './binary-writer.ts';
import { allParts, partShift, partSize } from './dirty-pages.ts';

const i32 = 0x7f;
const mostPages = 65536;
const op = {
  if: 0x04,
  return: 0x0f,
  callIndirect: 0x11,
  drop: 0x1a,
  end: 0x0b,
  select: 0x1b,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  tableGet: 0x25,
  memorySize: 0x3f,
  memoryGrow: 0x40,
  constant: 0x41,
  isZero: 0x45,
  equal: 0x46,
  lessUnsigned: 0x49,
  greaterUnsigned: 0x4b,
  add: 0x6a,
  subtract: 0x6b,
  and: 0x71,
  or: 0x72,
  shiftLeft: 0x74,
  shiftRight: 0x76,
  refIsNull: 0xd1,
} as const;
const noResult = 0x40;
const minusOne = 0x7f;

/** How a module asks the host for memory: a table with a function `(more, wanted) -> bool`, and that function's type. */
export interface AskFunction {
  readonly table: number;
  readonly type: number;
}

/**
 * `memory.grow` as a function, by a counter of pages: memory that an earlier request grew is given out again. Where there is not
 * enough of it, the host is asked; it is told of a growth that failed by a negative number. While a module starts nobody is asked.
 *
 *     if (delta > 65536 - pages) return -1
 *     wanted = pages + delta
 *     if (wanted > memory.size)
 *       more = wanted - memory.size
 *       if (ask != null && !ask(more, wanted)) return -1
 *       if (memory.grow(more) == -1)
 *         if (ask != null) ask(-more, 0)
 *         return -1
 *     old = pages; pages = wanted; return old
 */
export function growFunction(pages: number, ask: AskFunction): Uint8Array {
  const delta = 0;
  const wanted = 1;
  const more = 2;
  const fail = new BinaryWriter().byte(op.constant).byte(minusOne).byte(op.return).finish();
  const isNobody = new BinaryWriter()
    .bytes(constant(0))
    .byte(op.tableGet)
    .u32(ask.table)
    .byte(op.refIsNull)
    .finish();
  const call = new BinaryWriter()
    .bytes(constant(0))
    .byte(op.callIndirect)
    .u32(ask.type)
    .u32(ask.table)
    .finish();
  return new BinaryWriter()
    .byte(1)
    .byte(2)
    .byte(i32)
    .byte(op.localGet)
    .u32(delta)
    .bytes(constant(mostPages))
    .byte(op.globalGet)
    .u32(pages)
    .byte(op.subtract)
    .byte(op.greaterUnsigned)
    .byte(op.if)
    .byte(noResult)
    .bytes(fail)
    .byte(op.end)
    .byte(op.globalGet)
    .u32(pages)
    .byte(op.localGet)
    .u32(delta)
    .byte(op.add)
    .byte(op.localTee)
    .u32(wanted)
    .byte(op.memorySize)
    .byte(0)
    .byte(op.greaterUnsigned)
    .byte(op.if)
    .byte(noResult)
    .byte(op.localGet)
    .u32(wanted)
    .byte(op.memorySize)
    .byte(0)
    .byte(op.subtract)
    .byte(op.localSet)
    .u32(more)
    .bytes(isNobody)
    .byte(op.isZero)
    .byte(op.if)
    .byte(noResult)
    .byte(op.localGet)
    .u32(more)
    .byte(op.localGet)
    .u32(wanted)
    .bytes(call)
    .byte(op.isZero)
    .byte(op.if)
    .byte(noResult)
    .bytes(fail)
    .byte(op.end)
    .byte(op.end)
    .byte(op.localGet)
    .u32(more)
    .byte(op.memoryGrow)
    .byte(0)
    .byte(op.constant)
    .byte(minusOne)
    .byte(op.equal)
    .byte(op.if)
    .byte(noResult)
    .bytes(isNobody)
    .byte(op.isZero)
    .byte(op.if)
    .byte(noResult)
    .bytes(constant(0))
    .byte(op.localGet)
    .u32(more)
    .byte(op.subtract)
    .bytes(constant(0))
    .bytes(call)
    .byte(op.drop)
    .byte(op.end)
    .bytes(fail)
    .byte(op.end)
    .byte(op.end)
    .byte(op.globalGet)
    .u32(pages)
    .byte(op.localGet)
    .u32(wanted)
    .byte(op.globalSet)
    .u32(pages)
    .byte(op.end)
    .finish();
}

/**
 * To stand behind each change of the stack pointer; stores within a frame are noted nowhere else:
 *
 *     if (stackPointer < lowest) lowest = stackPointer
 *     if (stackPointer > top) touched = all parts      (where parts are noted)
 */
export function noteStackPointer(
  stackPointer: number,
  top: number,
  { lowest, touched }: { readonly lowest: number; readonly touched: number | undefined },
): Uint8Array {
  const code = new BinaryWriter()
    .byte(op.globalGet)
    .u32(stackPointer)
    .byte(op.globalGet)
    .u32(lowest)
    .byte(op.lessUnsigned)
    .byte(op.if)
    .byte(noResult)
    .byte(op.globalGet)
    .u32(stackPointer)
    .byte(op.globalSet)
    .u32(lowest)
    .byte(op.end);
  if (touched === undefined) return code.finish();
  return code
    .byte(op.globalGet)
    .u32(stackPointer)
    .bytes(constant(top))
    .byte(op.greaterUnsigned)
    .byte(op.if)
    .byte(noResult)
    .bytes(constant(allParts))
    .byte(op.globalSet)
    .u32(touched)
    .byte(op.end)
    .finish();
}

/** The locals of a function that notes its stores. */
interface StoreLocals {
  readonly address: number;
  readonly value: number;
  readonly parts: number;
  /** Parts that are known to be noted. */
  readonly known: number;
}

/** To stand at the beginning of a function: `known = touched`. */
export function beginNotes(touched: number, known: number): Uint8Array {
  return new BinaryWriter().byte(op.globalGet).u32(touched).byte(op.localSet).u32(known).finish();
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
  const code = new BinaryWriter()
    .byte(op.localSet)
    .u32(value)
    .byte(op.localTee)
    .u32(address)
    .byte(op.localGet)
    .u32(known)
    .bytes(partAt(address, offset === 0 ? undefined : constant(offset)))
    .byte(op.localTee)
    .u32(parts)
    .byte(op.and)
    .byte(op.isZero)
    .byte(op.if)
    .byte(noResult)
    .byte(op.globalGet)
    .u32(touched)
    .byte(op.localGet)
    .u32(parts)
    .byte(op.or)
    .byte(op.localTee)
    .u32(known)
    .byte(op.globalSet)
    .u32(touched)
    .byte(op.end);
  return code.byte(op.localGet).u32(value).finish();
}

/**
 * To stand before `memory.fill`, `memory.copy` and `memory.init`, whose operands it leaves as they are:
 *
 *     touched = touched | (length > 4096 ? all parts : part of address | part of address + length)
 */
export function noteBulkWrite(
  touched: number,
  { address, value, length }: { readonly address: number; readonly value: number; readonly length: number },
): Uint8Array {
  return new BinaryWriter()
    .byte(op.localSet)
    .u32(length)
    .byte(op.localSet)
    .u32(value)
    .byte(op.localTee)
    .u32(address)
    .byte(op.globalGet)
    .u32(touched)
    .bytes(constant(allParts))
    .bytes(partAt(address))
    .bytes(partAt(address, new BinaryWriter().byte(op.localGet).u32(length).finish()))
    .byte(op.or)
    .byte(op.localGet)
    .u32(length)
    .bytes(constant(partSize))
    .byte(op.greaterUnsigned)
    .byte(op.select)
    .byte(op.or)
    .byte(op.globalSet)
    .u32(touched)
    .byte(op.localGet)
    .u32(value)
    .byte(op.localGet)
    .u32(length)
    .finish();
}

/** `1 << ((address + offset) >> 12)`, for an offset that this code pushes. */
function partAt(address: number, offset?: Uint8Array): Uint8Array {
  const code = new BinaryWriter().byte(op.constant).byte(1).byte(op.localGet).u32(address);
  if (offset !== undefined) code.bytes(offset).byte(op.add);
  return code.byte(op.constant).byte(partShift).byte(op.shiftRight).byte(op.shiftLeft).finish();
}

/** `i32.const`. */
function constant(value: number): Uint8Array {
  return new BinaryWriter().constant(value).finish().subarray(0, -1);
}
