import type { Handles, SavedHandles } from '../link/handles.ts';
import type { MemberPlan } from '../link/link-plan.ts';
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
  readonly #memories: readonly { readonly memory: MemorySnapshot; readonly member: number }[];
  /** The handles of each component instance, and what it held after its start. */
  readonly #components: readonly {
    readonly handles: Handles;
    readonly saved: SavedHandles | undefined;
    readonly member: number;
  }[];
  readonly #globals: readonly {
    readonly global: WebAssembly.Global;
    readonly value: number | bigint;
    readonly member: number;
  }[];

  /**
   * @param ask what the instance asks before its memory grows; see `growFunction`. Default: nobody
   * @param members of several components that were put together
   */
  constructor(
    instance: Restorable,
    { memories }: ResetPlan,
    known: ProgramKnowledge,
    ask?: WebAssembly.CoreFunction,
    members: readonly MemberPlan[] = [],
  ) {
    const ofCore = (index: number): number => members.findIndex(({ end }) => index < end.cores);
    const ofComponent = (index: number): number => members.findIndex(({ end }) => index < end.components);
    const { cores, touched } = instance;
    this.#memories = memories.map(({ owner, writers, stackTop = 0 }, index) => {
      known[index] ??= { resets: 0, writesLow: false, image: undefined, grown: 0 };
      const writing = writers.map((writer) => coreAt(writer, cores));
      const memory = new MemorySnapshot(coreAt(owner, cores), writing, stackTop, touched, known[index], ask);
      return { memory, member: ofCore(owner) };
    });
    this.#components = instance.components.map(({ handles }, index) => ({
      handles,
      saved: handles.save(),
      member: ofComponent(index),
    }));
    this.#globals = cores.flatMap((core, index) =>
      Object.entries(core.exports)
        .filter(([name]) => name.startsWith(exportNames.global))
        .map(([, item]) => {
          const global = globalOf(item);
          return { global, value: global.value, member: ofCore(index) };
        }),
    );
  }

  /**
   * Brings the instance back. Answers false where it should not be used again: a request needed much more memory than others, which
   * only goes back to the system with the instance.
   *
   * @param staying the components that stay as they are
   */
  restore(staying: ReadonlySet<number> = nobody): boolean {
    for (const { memory } of this.#memories) if (memory.isTooLarge()) return false;
    for (const { memory, member } of this.#memories) if (!staying.has(member)) memory.restore();
    for (const { global, value, member } of this.#globals) if (!staying.has(member)) global.value = value;
    for (const { handles, saved, member } of this.#components)
      if (!staying.has(member)) handles.restore(saved);
    return true;
  }

  /** The instance is not used again. May be called more than once. */
  discard(): void {
    for (const { memory } of this.#memories) memory.discard();
  }

  /** Pages of memory that the instance has, also those that its guest does not know of. */
  get memoryPages(): number {
    return this.#memories.reduce((sum, { memory }) => sum + memory.pages, 0);
  }
}

const nobody: ReadonlySet<number> = new Set();

function coreAt(index: number, cores: readonly WebAssembly.Instance[]): WebAssembly.Instance {
  const core = cores[index];
  if (core === undefined) throw new TypeError('a plan for reset is of the same component');
  return core;
}
