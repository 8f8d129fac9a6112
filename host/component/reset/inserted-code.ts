import { BinaryWriter } from './binary-writer.ts';

const i32 = 0x7f;
const mostPages = 65536;
const op = {
  if: 0x04,
  return: 0x0f,
  end: 0x0b,
  localGet: 0x20,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  memorySize: 0x3f,
  memoryGrow: 0x40,
  constant: 0x41,
  equal: 0x46,
  lessUnsigned: 0x49,
  greaterUnsigned: 0x4b,
  add: 0x6a,
  subtract: 0x6b,
} as const;
const noResult = 0x40;
const minusOne = 0x7f;

/**
 * `memory.grow` as a function, by a counter of pages: memory that an earlier request grew is given out again.
 *
 *     if (delta > 65536 - pages) return -1
 *     if (pages + delta > memory.size && memory.grow(pages + delta - memory.size) == -1) return -1
 *     old = pages; pages = pages + delta; return old
 */
export function growFunction(pages: number): Uint8Array {
  const delta = 0;
  const wanted = 1;
  return new BinaryWriter()
    .byte(1)
    .byte(1)
    .byte(i32)
    .byte(op.localGet)
    .u32(delta)
    .byte(op.constant)
    .bytes(signed(mostPages))
    .byte(op.globalGet)
    .u32(pages)
    .byte(op.subtract)
    .byte(op.greaterUnsigned)
    .byte(op.if)
    .byte(noResult)
    .byte(op.constant)
    .byte(minusOne)
    .byte(op.return)
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
    .byte(op.memoryGrow)
    .byte(0)
    .byte(op.constant)
    .byte(minusOne)
    .byte(op.equal)
    .byte(op.if)
    .byte(noResult)
    .byte(op.constant)
    .byte(minusOne)
    .byte(op.return)
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

/** To stand behind each change of the stack pointer: `if (stackPointer < lowest) lowest = stackPointer`. */
export function noteStackPointer(stackPointer: number, lowest: number): Uint8Array {
  return new BinaryWriter()
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
    .byte(op.end)
    .finish();
}

function signed(value: number): Uint8Array {
  const withEnd = new BinaryWriter().constant(value).finish();
  return withEnd.subarray(1, -1);
}
