import { GuestMemory, type Touched } from '../../host/engine/abi/guest-memory.ts';
import { layoutOf } from '../../host/engine/abi/layout.ts';
import { ResourceKinds } from '../../host/engine/abi/resource-kinds.ts';
import type { FunctionType, WitType } from '../../host/engine/decode/wit-type.ts';
import { Handles } from '../../host/engine/link/handles.ts';
import { compileImport } from '../../host/engine/link/import-function.ts';

const pageSize = 65536;

/** A block that the allocator of a guest gave out. */
export interface Block {
  readonly start: number;
  readonly end: number;
}

/** The part of a guest that lowering and lifting deal with: a memory, and an allocator that remembers its blocks. */
export class Guest {
  readonly memory = new WebAssembly.Memory({ initial: 1 });
  readonly blocks: Block[] = [];
  readonly handles = new Handles();
  readonly touched: Touched = {};
  readonly #memory: GuestMemory;
  /** The lower part is for what the test writes. */
  #end = pageSize / 2;

  /** @param answer what the allocator answers in place of the block's address */
  constructor(answer: (address: number) => number = (address) => address) {
    this.#memory = new GuestMemory(
      this.memory,
      (_pointer, _oldSize, align, size) => {
        const start = Math.ceil(this.#end / align) * align;
        this.#end = start + size;
        const missing = Math.ceil((this.#end - this.memory.buffer.byteLength) / pageSize);
        if (missing > 0) this.memory.grow(missing);
        const address = answer(start);
        this.blocks.push({ start: address, end: address + size });
        return address;
      },
      this.touched,
    );
  }

  /** The core function of `func: func(…)`, which calls `host`. */
  core(type: FunctionType, host: (...args: unknown[]) => unknown): WebAssembly.CoreFunction {
    const imported = { interface: 'test:test/test', name: 'func', type };
    const { factory } = compileImport(imported, new ResourceKinds(), false);
    return factory({
      memory: this.#memory,
      handles: this.handles,
      host: { func: host },
      waiting: { promise: undefined },
      state: undefined,
      types: [],
    });
  }
}

/** A type that always goes through memory: parameter and result then have the same layout. */
export function spilled(type: WitType): WitType {
  const u8: WitType = { kind: 'u8' };
  return { kind: 'tuple', of: [type, ...new Array<WitType>(17).fill(u8)] };
}

export function sizeOf(type: WitType): number {
  return layoutOf(type).size;
}
