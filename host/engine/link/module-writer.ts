import { type CoreType, coreCodes } from '../abi/layout.ts';
import { BinaryWriter } from '../reset/binary-writer.ts';

/** The type of a core function. */
export interface Signature {
  readonly params: readonly CoreType[];
  readonly results: readonly CoreType[];
}

const preamble = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

/** Writes a small core module: functions are imported first, then defined and exported. */
export class ModuleWriter {
  readonly #types: Signature[] = [];
  readonly #imports = new BinaryWriter();
  #importedMemories = 0;
  readonly #defined: number[] = [];
  readonly #exports = new BinaryWriter();
  readonly #bodies = new BinaryWriter();
  #imported = 0;

  /** Answers the function's index. All imports come before the first definition. */
  importFunction(module: string, name: string, type: Signature): number {
    this.#imports.name(module).name(name).byte(0).u32(this.#typeOf(type));
    this.#imported += 1;
    return this.#imported - 1;
  }

  /** Of one page at least; it is the memory of all loads. */
  importMemory(module: string, name: string): void {
    this.#imports.name(module).name(name).byte(2).byte(0).u32(1);
    this.#importedMemories += 1;
  }

  /**
   * Answers the function's index.
   *
   * @param locals beside the parameters
   * @param code instructions, without the last `end`
   */
  exportFunction(name: string, type: Signature, locals: readonly CoreType[], code: Uint8Array): number {
    const index = this.#imported + this.#defined.length;
    this.#defined.push(this.#typeOf(type));
    this.#exports.name(name).byte(0).u32(index);
    const body = new BinaryWriter().u32(locals.length);
    for (const local of locals) body.u32(1).byte(coreCodes[local]);
    const bytes = body.bytes(code).byte(0x0b).finish();
    this.#bodies.u32(bytes.length).bytes(bytes);
    return index;
  }

  finish(): Uint8Array<ArrayBuffer> {
    const types = new BinaryWriter().u32(this.#types.length);
    for (const { params, results } of this.#types) {
      types.byte(0x60);
      for (const list of [params, results]) {
        types.u32(list.length);
        for (const core of list) types.byte(coreCodes[core]);
      }
    }
    const count = this.#defined.length;
    const declared = new BinaryWriter().u32(count);
    for (const type of this.#defined) declared.u32(type);
    const sections: readonly (readonly [id: number, content: Uint8Array])[] = [
      [1, types.finish()],
      [
        2,
        new BinaryWriter()
          .u32(this.#imported + this.#importedMemories)
          .bytes(this.#imports.finish())
          .finish(),
      ],
      [3, declared.finish()],
      [7, new BinaryWriter().u32(count).bytes(this.#exports.finish()).finish()],
      [10, new BinaryWriter().u32(count).bytes(this.#bodies.finish()).finish()],
    ];
    const module = new BinaryWriter().bytes(preamble);
    for (const [id, content] of sections) module.byte(id).u32(content.length).bytes(content);
    return module.finish();
  }

  #typeOf(type: Signature): number {
    const known = this.#types.findIndex(
      ({ params, results }) => isSame(params, type.params) && isSame(results, type.results),
    );
    if (known >= 0) return known;
    this.#types.push(type);
    return this.#types.length - 1;
  }
}

function isSame(a: readonly CoreType[], b: readonly CoreType[]): boolean {
  return a.length === b.length && a.every((core, index) => core === b[index]);
}

/** The opcode, and the alignment as a power of two. */
const loads: Readonly<Record<CoreType, readonly [opcode: number, align: number]>> = {
  i32: [0x28, 2],
  i64: [0x29, 3],
  f32: [0x2a, 2],
  f64: [0x2b, 3],
};

/** The few instructions that such modules need. */
export const instructions = {
  call: (index: number): Uint8Array => new BinaryWriter().byte(0x10).u32(index).finish(),
  get: (local: number): Uint8Array => new BinaryWriter().byte(0x20).u32(local).finish(),
  set: (local: number): Uint8Array => new BinaryWriter().byte(0x21).u32(local).finish(),
  loop: Uint8Array.of(0x03, 0x40),
  /** The condition is on the stack. */
  if: Uint8Array.of(0x04, 0x40),
  /** Goes on at the beginning of the loop that is so many blocks out. */
  branch: (depth: number): Uint8Array => new BinaryWriter().byte(0x0c).u32(depth).finish(),
  /** Reads the value of a slot of 8 bytes. */
  load: (core: CoreType, slot: number): Uint8Array => {
    const [opcode, align] = loads[core];
    return new BinaryWriter()
      .byte(0x41)
      .byte(0)
      .byte(opcode)
      .byte(align)
      .u32(8 * slot)
      .finish();
  },
  unreachable: Uint8Array.of(0x00),
  /** Leaves the function, with what is on the stack. */
  leave: Uint8Array.of(0x0f),
  end: Uint8Array.of(0x0b),
} as const;

/** One instruction after the other. */
export function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const part of parts) writer.bytes(part);
  return writer.finish();
}
