import type { LinkPlan } from '../link/link-plan.ts';
import { type CoreModule, NotResettable, readCoreModule } from './core-module.ts';
import { memoriesOf } from './memory-owners.ts';
import { rewrite } from './rewrite.ts';

/** How an instance is brought back to its start. */
export interface ResetPlan {
  readonly memories: readonly MemoryPlan[];
}

/** A memory of a component. Core instances are counted as far as they are made of modules. */
export interface MemoryPlan {
  /** Which core instance has it. */
  readonly owner: number;
  /** Which core instances have code that may write to it. */
  readonly writers: readonly number[];
  /**
   * Where the stack of the guest begins, when it lies below all data; it grows down to address 0. Absent where
   * the whole memory is copied instead.
   */
  readonly stackTop: number | undefined;
}

/** The modules of a component, changed so that the host sees what a request did to them. */
export interface Resettable {
  readonly modules: readonly Uint8Array<ArrayBuffer>[];
  readonly plan: ResetPlan;
}

/**
 * Prepares the core modules of a component so that one instance can serve many requests and each finds it as new:
 * globals that change are exported, memory grows by a counter of its own, and the depth of the stack is noted.
 * Answers why that can't be done where it can't.
 *
 * @param notes whether the modules note which parts of the memory they write, so that only these are brought back; what that costs a
 * guest is measured by `npm run bench:noting`
 */
export function makeResettable(
  plan: Pick<LinkPlan, 'modules' | 'instances' | 'memories'>,
  { notes = false }: { readonly notes?: boolean } = {},
): Resettable | { readonly problem: string } {
  try {
    const modules = plan.modules.map(readCoreModule);
    const memories = memoriesOf(plan, modules);
    if (memories.length === 0) throw new NotResettable('no core module has a memory');
    const owning = new Map(memories.map(({ module, stack }) => [module, { stack }]));
    const written = modules.map((module) => rewrite(module, owning.get(module), notes));
    // Only when all is started is it arranged whom such a module asks.
    if (written.some(({ growsOther }) => growsOther) && modules.some(hasStart))
      throw new NotResettable('a core module grows the memory of another, and one has a start');
    return {
      modules: written.map(({ bytes }) => bytes),
      plan: {
        memories: memories.map(({ owner, writers, stack }) => ({ owner, writers, stackTop: stack?.top })),
      },
    };
  } catch (error) {
    if (error instanceof NotResettable) return { problem: error.message };
    // The reader's own reasons: the binary is damaged, which whoever compiles it will say.
    if (error instanceof RangeError || error instanceof TypeError) return { problem: error.message };
    throw error;
  }
}

function hasStart({ sections }: CoreModule): boolean {
  return sections.some(({ id }) => id === 8);
}
