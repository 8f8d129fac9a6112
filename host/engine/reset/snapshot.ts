import type { Handles, SavedHandles } from '../link/handles.ts';
import type { LinkedInstance } from '../link/linker.ts';
import { globalOf, type MemoryKnowledge, MemorySnapshot } from './memory-snapshot.ts';
import type { ResetPlan } from './prepare.ts';
import { exportNames } from './rewrite.ts';

/** What of an instance is brought back. */
type Restorable = Pick<LinkedInstance, 'cores' | 'components' | 'touched'>;

/** What is known of the memories of a program in this thread, in the order of the plan. */
export type ProgramKnowledge = MemoryKnowledge[];

/** What is known at first. */
export function newKnowledge(): ProgramKnowledge {
  return [];
}

/** The start of an instance: what it was before its first request, to which it is brought back after each. */
export class Snapshot {
  readonly #memories: readonly MemorySnapshot[];
  /** The handles of each component instance, and what it held after its start. */
  readonly #components: readonly { readonly handles: Handles; readonly saved: SavedHandles | undefined }[];
  readonly #globals: readonly { readonly global: WebAssembly.Global; readonly value: number | bigint }[];

  /** @param ask what the instance asks before its memory grows; see `growFunction`. Default: nobody */
  constructor(
    instance: Restorable,
    { memories }: ResetPlan,
    known: ProgramKnowledge,
    ask?: WebAssembly.CoreFunction,
  ) {
    const { cores, touched } = instance;
    this.#memories = memories.map(({ owner, writers, stackTop = 0 }, index) => {
      known[index] ??= { resets: 0, writesLow: false, image: undefined };
      const writing = writers.map((writer) => coreAt(writer, cores));
      return new MemorySnapshot(coreAt(owner, cores), writing, stackTop, touched, known[index], ask);
    });
    this.#components = instance.components.map(({ handles }) => ({ handles, saved: handles.save() }));
    this.#globals = cores
      .flatMap((core) => Object.entries(core.exports))
      .filter(([name]) => name.startsWith(exportNames.global))
      .map(([, item]) => {
        const global = globalOf(item);
        return { global, value: global.value };
      });
  }

  /**
   * Brings the instance back. Answers false where it should not be used again: a request needed much more memory than others, which
   * only goes back to the system with the instance.
   */
  restore(): boolean {
    for (const memory of this.#memories) if (memory.isTooLarge) return false;
    for (const memory of this.#memories) memory.restore();
    for (const { global, value } of this.#globals) global.value = value;
    for (const one of this.#components) one.handles.restore(one.saved);
    return true;
  }

  /** Pages of memory that the instance has, also those that its guest does not know of. */
  get memoryPages(): number {
    return this.#memories.reduce((sum, { pages }) => sum + pages, 0);
  }
}

function coreAt(index: number, cores: readonly WebAssembly.Instance[]): WebAssembly.Instance {
  const core = cores[index];
  if (core === undefined) throw new TypeError('a plan for reset is of the same component');
  return core;
}
