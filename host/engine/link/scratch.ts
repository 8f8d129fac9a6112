import type { CoreType } from '../abi/layout.ts';

/**
 * Where flat values of a call between guests are passed on: written by the host and read by wasm at once, with nothing between, so
 * that one is enough for a thread. A slot has 8 bytes.
 */
export interface Scratch {
  readonly memory: WebAssembly.Memory;
  readonly i32: Int32Array;
  readonly i64: BigInt64Array;
  readonly f32: Float32Array;
  readonly f64: Float64Array;
}

/** Where a slot is in the view of a core type. */
export function slotOf(core: CoreType, slot: number): number {
  return core === 'i32' || core === 'f32' ? 2 * slot : slot;
}

let made: Scratch | undefined;

export function scratch(): Scratch {
  if (made === undefined) {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
    const { buffer } = memory;
    made = {
      memory,
      i32: new Int32Array(buffer),
      i64: new BigInt64Array(buffer),
      f32: new Float32Array(buffer),
      f64: new Float64Array(buffer),
    };
  }
  return made;
}
