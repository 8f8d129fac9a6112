import { BinaryReader } from '../decode/binary-reader.ts';
import { BinaryWriter } from './binary-writer.ts';
import { FrameStores } from './frame-stores.ts';
import { type Store, type StoredType, type Visitor, walkBody } from './instructions.ts';
import { noteBulkWrite, noteStore } from './noted-writes.ts';

/** What stands in place of the instructions that have to be followed. */
export interface Replacements {
  /** For `memory.grow`. */
  grow(): Uint8Array;
  /** For `memory.size`. */
  size(): Uint8Array;
  /** What comes behind a change of the stack pointer. */
  readonly noted: Uint8Array;
  /** The global that points to the end of the stack, where it is known. */
  readonly stackPointer: number | undefined;
  /** Whether it is noted which parts of the memory are written. */
  readonly notes: boolean;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly replacement: Uint8Array;
}

const codes: Readonly<Record<StoredType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
};

/** Writes the body of a function anew, with what has to be followed in it. */
export function rewriteBody(
  bytes: Uint8Array,
  body: BinaryReader,
  params: number,
  replacements: Replacements,
): Uint8Array {
  const { position: start, end } = body;
  const followed = new BodyVisitor(bytes, params, replacements, true);
  walkBody(body, followed);
  if (!followed.isFrameChanged) return followed.write(start, end);
  const again = new BodyVisitor(bytes, params, replacements, false);
  walkBody(new BinaryReader(bytes, start, end), again);
  return again.write(start, end);
}

class BodyVisitor implements Visitor {
  readonly #bytes: Uint8Array;
  readonly #params: number;
  readonly #replacements: Replacements;
  readonly #frame: FrameStores | undefined;
  readonly #edits: Edit[] = [];
  /** The types of the locals that are added. */
  readonly #added: StoredType[] = [];
  readonly #named = new Map<string, number>();
  #locals = { count: 0, end: 0 };

  constructor(bytes: Uint8Array, params: number, replacements: Replacements, followFrame: boolean) {
    this.#bytes = bytes;
    this.#params = params;
    this.#replacements = replacements;
    const { stackPointer, notes } = replacements;
    if (followFrame && stackPointer !== undefined && notes)
      this.#frame = new FrameStores(bytes, stackPointer, params);
  }

  get isFrameChanged(): boolean {
    return this.#frame?.isChanged ?? false;
  }

  locals(count: number, end: number): void {
    this.#locals = { count, end };
  }

  store(store: Store, start: number): void {
    if (!this.#replacements.notes || this.#frame?.store(store) === true) return;
    const address = this.#local('address', 'i32');
    const value = this.#local(`value ${store.type}`, store.type);
    this.#insert(start, noteStore({ address, value }, store.offset));
  }

  bulkWrite(start: number): void {
    if (!this.#replacements.notes) return;
    const address = this.#local('address', 'i32');
    const value = this.#local('value i32', 'i32');
    const length = this.#local('length', 'i32');
    this.#insert(start, noteBulkWrite({ address, value, length }));
  }

  instruction(opcode: number, start: number, end: number): void {
    this.#frame?.instruction(opcode, start, end);
  }

  memoryGrow(start: number, end: number): void {
    this.#edits.push({ start, end, replacement: this.#replacements.grow() });
  }

  memorySize(start: number, end: number): void {
    this.#edits.push({ start, end, replacement: this.#replacements.size() });
  }

  globalSet(global: number, end: number): void {
    this.#frame?.globalSet(global);
    if (global === this.#replacements.stackPointer) this.#insert(end, this.#replacements.noted);
  }

  /** The body that stands from `start` to `end`, with its edits. */
  write(start: number, end: number): Uint8Array {
    const locals = new BinaryReader(this.#bytes, start, this.#locals.end);
    const output = new BinaryWriter().u32(locals.u32() + this.#added.length);
    let at = this.#locals.end;
    output.bytes(this.#bytes.subarray(locals.position, at));
    for (const type of this.#added) output.byte(1).byte(codes[type]);
    for (const edit of this.#edits) {
      output.bytes(this.#bytes.subarray(at, edit.start)).bytes(edit.replacement);
      at = edit.end;
    }
    return output.bytes(this.#bytes.subarray(at, end)).finish();
  }

  #insert(at: number, replacement: Uint8Array): void {
    this.#edits.push({ start: at, end: at, replacement });
  }

  /** The index of an added local. */
  #local(name: string, type: StoredType): number {
    let index = this.#named.get(name);
    if (index === undefined) {
      index = this.#params + this.#locals.count + this.#added.length;
      this.#added.push(type);
      this.#named.set(name, index);
    }
    return index;
  }
}
