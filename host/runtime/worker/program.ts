import type { Done } from '../../engine/link/entry-call.ts';
import type { HostImports } from '../../engine/link/host-imports.ts';
import { Linker } from '../../engine/link/linker.ts';
import {
  entriesOf,
  isTask,
  type LinkedProgram,
  type Program,
  type TranspiledProgram,
} from '../../engine/link/program.ts';
import { newKnowledge, Snapshot } from '../../engine/reset/snapshot.ts';
import type { Pause } from '../ipc/channel.ts';
import type { Fail, Returned } from './call-end.ts';
import { EntryTask } from './entry-task.ts';
import { InstanceKeeping, KeptMembers } from './kept-members.ts';
import type { MemoryBudget } from './memory-budget.ts';

/** A component in this thread, that instances can be made of. */
export interface RunnableProgram {
  /** Whether an instance can serve several requests at once. */
  readonly isShareable?: boolean;
  /**
   * When a call has begun; absent: at once. `when free`: it often ends some microtasks later, and the next one finds its instance free
   * then, where it would need another one now.
   */
  readonly begins?: Extract<Pause, string> | 'when free';
  /** @param imports of each component that the program is made of. Throws what the component's start throws. */
  instantiate(imports: readonly HostImports[]): ProgramInstance;
}

export interface ProgramInstance {
  /**
   * Calls one of the program's entries, and then either `done`, perhaps before this returns, or `fail` with the trap. `done` is told
   * whether the instance would keep its stack, so that its next request begins in a microtask, and answers whether there
   * will be one.
   *
   * @param origin what a shareable one is called for
   */
  call(
    args: readonly unknown[],
    done: Done,
    fail: Fail,
    returned?: Returned,
    entry?: number,
    origin?: object,
  ): void;
  /** Of a shareable one: what the code that runs now was called for, as far as that is known. */
  origin?(): unknown;
  /** Nobody waits for the call any more: an asynchronous one is unwound where it waits. */
  abort?(reason: Error): void;
  /** Brings the instance back to its start after a call has ended in good order; false where it can't be. */
  reset?(): boolean;
  /** It is not used again. May be called more than once. */
  discard?(): void;
}

/** The glue that jco emits. */
interface Glue {
  instantiate(
    getCoreModule: (name: string) => WebAssembly.Module,
    imports: HostImports,
  ): Readonly<Record<string, Readonly<Record<string, (...args: readonly unknown[]) => Promise<unknown>>>>>;
}

/** @param budget of the instances' memory */
export async function loadProgram(program: Program, budget: MemoryBudget): Promise<RunnableProgram> {
  if (program.kind === 'linked') return linkedProgram(program, budget);
  const glue = (await import(program.glue)) as Glue;
  return {
    // Other requests must not count as begun before it is seen whether this one ever ends.
    begins: 'turn',
    instantiate([given = {}]) {
      const labels = (program.labels ?? []).map(([label, name]) => [label, given[label] ?? given[name]]);
      const imports: HostImports = { ...given, ...Object.fromEntries(labels) };
      const exports = glue.instantiate((name) => moduleNamed(name, program), imports);
      const entry = exports[program.entry.interface]?.[program.entry.name];
      if (entry === undefined) throw new Error(`the glue does not export ${program.entry.interface}`);
      return {
        call(args, done, fail) {
          entry(...args).then(() => void done(false), fail);
        },
      };
    },
  };
}

function linkedProgram(program: LinkedProgram, budget: MemoryBudget): RunnableProgram {
  const { reset } = program;
  const linker = new Linker(program);
  if (isTask(program)) return asyncProgram(linker, program, budget);
  const known = newKnowledge();
  const keeping = keepingOf(linker, program);
  return {
    instantiate(imports) {
      const instance = linker.instantiate(...imports);
      const call: ProgramInstance['call'] = (args, done, fail, _, entry) =>
        instance.call(args, done, fail, entry);
      if ('problem' in reset) return { call, discard: () => instance.discard() };
      const snapshot = new Snapshot(instance, reset, known, budget.ask, program.plan.members);
      const kept = keeping && new InstanceKeeping(keeping, instance.components);
      budget.take(snapshot.memoryPages);
      let isDiscarded = false;
      return {
        call: kept === undefined ? call : counted(call, kept, program),
        reset: () => snapshot.restore(kept?.next()),
        discard() {
          instance.discard();
          kept?.release();
          snapshot.discard();
          if (!isDiscarded) budget.give(snapshot.memoryPages);
          isDiscarded = true;
        },
      };
    },
  };
}

function keepingOf({ kinds }: Linker, { plan, kept }: LinkedProgram): KeptMembers | undefined {
  return kept === undefined ? undefined : new KeptMembers({ members: plan.members ?? [], kept, kinds });
}

function counted(
  call: ProgramInstance['call'],
  kept: InstanceKeeping,
  program: LinkedProgram,
): ProgramInstance['call'] {
  const components = entriesOf(program).map(({ component }) => component);
  return (args, done, fail, returned, entry = 0, origin) => {
    kept.called(components[entry] ?? 0);
    call(args, done, fail, returned, entry, origin);
  };
}

function asyncProgram(linker: Linker, program: LinkedProgram, budget: MemoryBudget): RunnableProgram {
  const { reset } = program;
  const known = newKnowledge();
  const keeping = keepingOf(linker, program);
  return {
    // One that keeps the memory of some of its components serves one request at a time.
    isShareable: keeping === undefined && entriesOf(program).every(({ type }) => type.isAsync),
    begins: 'when free',
    instantiate(imports) {
      const instance = linker.instantiateAsync(...imports);
      const origin = (): unknown => instance.origin;
      const call: ProgramInstance['call'] = (args, done, fail, returned, entry, calledFor) => {
        instance.call(args, new EntryTask(done, fail, returned, calledFor), entry);
      };
      const abort = (reason: Error): void => instance.abort(reason);
      if ('problem' in reset) return { call, origin, abort, discard: () => instance.clear() };
      const snapshot = new Snapshot(instance, reset, known, budget.ask, program.plan.members);
      const kept = keeping && new InstanceKeeping(keeping, instance.components);
      budget.take(snapshot.memoryPages);
      let isDiscarded = false;
      return {
        call: kept === undefined ? call : counted(call, kept, program),
        origin,
        abort,
        reset() {
          // What outlives its task costs the instance: it is unwound, and may run code of the guest's by that.
          const { isIdle } = instance;
          instance.clear();
          return isIdle && snapshot.restore(kept?.next());
        },
        discard() {
          instance.clear();
          kept?.release();
          snapshot.discard();
          if (!isDiscarded) budget.give(snapshot.memoryPages);
          isDiscarded = true;
        },
      };
    },
  };
}

function moduleNamed(name: string, { modules }: TranspiledProgram): WebAssembly.Module {
  const module = modules.get(name);
  if (module === undefined)
    throw new Error(`the glue asks for a core module ${name} that was not transpiled`);
  return module;
}
