import type { LinkPlan } from '../link/link-plan.ts';
import { type CoreModule, NotResettable, readCoreModule } from './core-module.ts';
import { rewrite } from './rewrite.ts';

/** How an instance is brought back to its start. */
export interface ResetPlan {
  /** Which of the component's core instances has the memory, counting those of modules. */
  readonly owner: number;
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
  plan: LinkPlan,
  { notes = false }: { readonly notes?: boolean } = {},
): Resettable | { readonly problem: string } {
  try {
    const modules = plan.modules.map(readCoreModule);
    const instantiated = plan.instances.flatMap((item) => (item.kind === 'module' ? [item.module] : []));
    const owners = instantiated.flatMap((module, index) =>
      modules[module]?.memoryPages === undefined ? [] : [index],
    );
    const [owner, ...others] = owners;
    const owning = owner === undefined ? undefined : modules[instantiated[owner] ?? -1];
    if (owner === undefined || owning === undefined) throw new NotResettable('no core module has a memory');
    if (others.length > 0) throw new NotResettable('several core modules have a memory');
    const stack = stackOf(owning);
    return {
      modules: modules.map((module) => rewrite(module, module === owning ? { stack } : undefined, notes)),
      plan: { owner, stackTop: stack?.top },
    };
  } catch (error) {
    if (error instanceof NotResettable) return { problem: error.message };
    // The reader's own reasons: the binary is damaged, which whoever compiles it will say.
    if (error instanceof RangeError || error instanceof TypeError) return { problem: error.message };
    throw error;
  }
}

/** The stack pointer, by its name or as the only i32 that changes, where nothing lies below the stack. */
function stackOf({ globals, importedGlobals, namedStackPointer, lowestData }: CoreModule) {
  const candidates = globals.flatMap(({ isMutable, constant }, index) =>
    isMutable && constant !== undefined ? [{ global: index + importedGlobals, top: constant }] : [],
  );
  const found =
    namedStackPointer === undefined
      ? candidates.length === 1
        ? candidates[0]
        : undefined
      : candidates.find(({ global }) => global === namedStackPointer);
  if (found === undefined || lowestData === undefined) return undefined;
  return found.top > 0 && found.top <= lowestData ? found : undefined;
}
