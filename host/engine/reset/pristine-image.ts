/** What the memory of an instance holds before its first request. Instances of a program share it where theirs are the same. */
export class PristineImage {
  /** Where the stack begins that is told apart from the rest; 0 where it is not. */
  readonly stackTop: number;
  /** What the stack holds, without the zeros at its end; nothing where the start of the component has not used it. */
  readonly stack: Uint8Array;
  /** What lies above the stack, without the zeros at its end. */
  readonly data: Uint8Array;
  readonly #length: number;

  /** @param isStackClean whether nothing of the stack was used */
  constructor(memory: Uint8Array, stackTop: number, isStackClean: boolean) {
    this.stackTop = stackTop;
    this.#length = memory.length;
    this.stack = isStackClean ? new Uint8Array() : memory.slice(0, endOfData(memory, 0, stackTop));
    this.data = memory.slice(stackTop, endOfData(memory, stackTop, memory.length));
  }

  /** Whether another instance holds the same. */
  matches(memory: Uint8Array, isStackClean: boolean): boolean {
    const { stack, data, stackTop } = this;
    const end = stackTop + data.length;
    return (
      memory.length === this.#length &&
      isStackClean === (stack.length === 0) &&
      areEqual(memory.subarray(0, stack.length), stack) &&
      (isStackClean || isZero(memory, stack.length, stackTop)) &&
      areEqual(memory.subarray(stackTop, end), data) &&
      isZero(memory, end, memory.length)
    );
  }
}

const zeros = new Uint8Array(64 * 1024);

/** Whether a range holds nothing but zeros. */
export function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += zeros.length) {
    const part = bytes.subarray(at, Math.min(end, at + zeros.length));
    if (!areEqual(part, zeros.subarray(0, part.length))) return false;
  }
  return true;
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** The index behind the last byte before `most` that is not zero, and not below `start`. */
function endOfData(bytes: Uint8Array, start: number, most: number): number {
  let end = most;
  while (end > start && isZero(bytes, Math.max(start, end - zeros.length), end))
    end = Math.max(start, end - zeros.length);
  while (end > start && bytes[end - 1] === 0) end -= 1;
  return end;
}
