import { BinaryWriter } from './binary-writer.ts';
import { op } from './opcodes.ts';

const i32 = 0x7f;
const mostPages = 65536;
const noResult = 0x40;

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
  const fail = new BinaryWriter().constant(-1).byte(op.return).finish();
  const isNobody = new BinaryWriter()
    .constant(0)
    .byte(op.tableGet)
    .u32(ask.table)
    .byte(op.refIsNull)
    .finish();
  const call = new BinaryWriter().constant(0).byte(op.callIndirect).u32(ask.type).u32(ask.table).finish();
  return new BinaryWriter()
    .byte(1)
    .byte(2)
    .byte(i32)
    .byte(op.localGet)
    .u32(delta)
    .constant(mostPages)
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
    .constant(-1)
    .byte(op.equal)
    .byte(op.if)
    .byte(noResult)
    .bytes(isNobody)
    .byte(op.isZero)
    .byte(op.if)
    .byte(noResult)
    .constant(0)
    .byte(op.localGet)
    .u32(more)
    .byte(op.subtract)
    .constant(0)
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
 *     if (stackPointer > top) isUncertain = 1          (where writes are noted)
 */
export function noteStackPointer(
  stackPointer: number,
  top: number,
  { lowest, uncertain }: { readonly lowest: number; readonly uncertain: number | undefined },
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
  if (uncertain === undefined) return code.finish();
  return code
    .byte(op.globalGet)
    .u32(stackPointer)
    .constant(top)
    .byte(op.greaterUnsigned)
    .byte(op.if)
    .byte(noResult)
    .constant(1)
    .byte(op.globalSet)
    .u32(uncertain)
    .byte(op.end)
    .finish();
}
