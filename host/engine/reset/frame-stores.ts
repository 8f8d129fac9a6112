import { BinaryReader } from '../decode/binary-reader.ts';
import type { Store } from './instructions.ts';

/** Whether an operand is the address of the function's frame. */
type Operand = 'frame' | 'other';

const op = {
  drop: 0x1a,
  select: 0x1b,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  firstLoad: 0x28,
  lastLoad: 0x35,
  i32Const: 0x41,
  f64Const: 0x44,
  i32Sub: 0x6b,
} as const;

/** The numeric instructions that take one operand; those between them take two. Source: the opcodes of the core specification. */
const unary: readonly (readonly [first: number, last: number])[] = [
  [0x45, 0x45],
  [0x50, 0x50],
  [0x67, 0x69],
  [0x79, 0x7b],
  [0x8b, 0x91],
  [0x99, 0x9f],
  [0xa7, 0xc4],
];

/** With `global.set $sp` the beginning of a function is complete. */
const prologue = [op.globalGet, op.i32Const, op.i32Sub, op.localTee] as const;
const complete = prologue.length + 1;
const absent = Number.POSITIVE_INFINITY;

/**
 * Finds the stores of a function that stay within its frame on the stack, as a compiler lays it out: the function begins with
 * `stack_pointer -= size`, keeps the result in a local that nothing else changes, and stores relative to that. Follows
 * the operands through straight code, and knows nothing of those that come from elsewhere.
 */
export class FrameStores {
  readonly #bytes: Uint8Array;
  readonly #stackPointer: number;
  /** Parameters begin with values of the caller's. */
  readonly #params: number;
  readonly #operands: Operand[] = [];
  /** How many instructions of the beginning were as expected; `absent` where one was not. */
  #prologue = 0;
  #size = 0;
  #frame = -1;
  /** Whether the local of the frame was changed, so that what was found may be wrong. */
  isChanged = false;

  constructor(bytes: Uint8Array, stackPointer: number, params: number) {
    this.#bytes = bytes;
    this.#stackPointer = stackPointer;
    this.#params = params;
  }

  /** Whether a store that comes now stays within the frame. */
  store({ offset, size }: Store): boolean {
    this.#operands.pop();
    return this.#operands.pop() === 'frame' && offset + size <= this.#size;
  }

  globalSet(global: number): void {
    this.#operands.pop();
    if (this.#prologue >= complete) return;
    const isNext = this.#prologue === prologue.length && global === this.#stackPointer;
    this.#prologue = isNext ? complete : absent;
  }

  /** Any other instruction. */
  instruction(opcode: number, start: number, end: number): void {
    const immediate = (): number => {
      const reader = new BinaryReader(this.#bytes, start + 1, end);
      return opcode === op.i32Const ? reader.s33() : reader.u32();
    };
    if (this.#prologue < complete) this.#follow(opcode, immediate);
    if (opcode === op.localGet) {
      this.#operands.push(this.#prologue === complete && immediate() === this.#frame ? 'frame' : 'other');
    } else if (opcode === op.localSet || opcode === op.localTee) {
      if (this.#prologue === complete && immediate() === this.#frame) this.isChanged = true;
      this.#operands.pop();
      if (opcode === op.localTee) this.#operands.push('other');
    } else if (opcode === op.globalGet || (opcode >= op.i32Const && opcode <= op.f64Const)) {
      this.#operands.push('other');
    } else if (opcode === op.drop) {
      this.#operands.pop();
    } else {
      this.#combine(opcode);
    }
  }

  #combine(opcode: number): void {
    const isUnary =
      (opcode >= op.firstLoad && opcode <= op.lastLoad) ||
      unary.some(([first, last]) => opcode >= first && opcode <= last);
    const taken = isUnary ? 1 : opcode === op.select ? 3 : opcode >= 0x46 && opcode <= 0xc4 ? 2 : 0;
    if (taken === 0) {
      this.#operands.length = 0;
      return;
    }
    for (let count = 0; count < taken; count += 1) this.#operands.pop();
    this.#operands.push('other');
  }

  /** `global.get $sp, i32.const size, i32.sub, local.tee $frame`; `global.set $sp` has to follow. */
  #follow(opcode: number, immediate: () => number): void {
    const isExpected = opcode === prologue[this.#prologue] && this.#isFitting(opcode, immediate);
    this.#prologue = isExpected ? this.#prologue + 1 : absent;
  }

  #isFitting(opcode: number, immediate: () => number): boolean {
    switch (opcode) {
      case op.globalGet:
        return immediate() === this.#stackPointer;
      case op.i32Const:
        this.#size = immediate();
        return this.#size > 0;
      case op.localTee:
        this.#frame = immediate();
        return this.#frame >= this.#params;
      default:
        return true;
    }
  }
}
