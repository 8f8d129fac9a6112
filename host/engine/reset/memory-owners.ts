import type { LinkPlan } from '../link/link-plan.ts';
import { type CoreModule, NotResettable } from './core-module.ts';

/** A memory of a component, with who writes to it. Core instances are counted as far as they are made of modules. */
export interface OwnedMemory {
  readonly owner: number;
  readonly module: CoreModule;
  readonly writers: readonly number[];
  readonly stack: Stack | undefined;
}

/** The stack of a guest: the global that points to its end, and where it begins. */
export interface Stack {
  readonly global: number;
  readonly top: number;
}

type Plan = Pick<LinkPlan, 'instances' | 'memories'>;

/** The memories of a component. Throws `NotResettable` where it is not clear who has one. */
export function memoriesOf(plan: Plan, modules: readonly CoreModule[]): OwnedMemory[] {
  /** Of each core instance: its number among those of modules. */
  const numbers: number[] = [];
  let count = 0;
  for (const item of plan.instances) numbers.push(item.kind === 'module' ? count++ : -1);
  const owners = plan.instances.map((_, index) => ownerOf(index, plan, modules));
  return plan.instances.flatMap((item, index) => {
    const module = item.kind === 'module' ? modules[item.module] : undefined;
    if (module?.memoryPages === undefined) return [];
    const writers = numbers.filter((number, writer) => number >= 0 && owners[writer] === index);
    const using = plan.instances.flatMap((one, writer) => {
      const its = one.kind === 'module' && owners[writer] === index ? modules[one.module] : undefined;
      return its ?? [];
    });
    // Another module may move the end of the stack, which only the code of this one would tell.
    const isShared = using.some(({ importsChangingGlobal }) => importsChangingGlobal);
    const stack = isShared ? undefined : stackOf(module, using);
    return [{ owner: numbers[index] ?? -1, module, writers, stack }];
  });
}

/** The core instance that has the memory which another one uses; `undefined` where it uses none. */
function ownerOf(index: number, plan: Plan, modules: readonly CoreModule[]): number | undefined {
  const item = plan.instances[index];
  const module = item?.kind === 'module' ? modules[item.module] : undefined;
  if (item?.kind !== 'module' || module === undefined) return undefined;
  if (module.memoryPages !== undefined) return index;
  const { memoryImport } = module;
  if (memoryImport === undefined) return undefined;
  const from = item.imports.find(({ name }) => name === memoryImport.module);
  if (from === undefined)
    throw new NotResettable('a core module uses a memory of which it is not clear whose it is');
  return ownerOfExport(from.instance, memoryImport.name, plan, modules);
}

function ownerOfExport(
  instance: number,
  name: string,
  plan: Plan,
  modules: readonly CoreModule[],
): number | undefined {
  const item = plan.instances[instance];
  // A module exports its only memory, whether it has it or imports it.
  if (item?.kind === 'module') return ownerOf(instance, plan, modules);
  const exported = item?.items.find((one) => one.name === name && one.sort === 'memory');
  const memory = exported && plan.memories[exported.index];
  if (memory === undefined)
    throw new NotResettable('a core module uses a memory of which it is not clear whose it is');
  return ownerOfExport(memory.instance, memory.name, plan, modules);
}

/**
 * The stack pointer, by its name or as the only i32 that changes, where nothing lies below the stack.
 *
 * @param using the modules that may lay data in the memory
 */
function stackOf(
  { globals, importedGlobals, namedStackPointer }: CoreModule,
  using: readonly CoreModule[],
): Stack | undefined {
  const candidates = globals.flatMap(({ isMutable, constant }, index) =>
    isMutable && constant !== undefined ? [{ global: index + importedGlobals, top: constant }] : [],
  );
  const found =
    namedStackPointer === undefined
      ? candidates.length === 1
        ? candidates[0]
        : undefined
      : candidates.find(({ global }) => global === namedStackPointer);
  if (found === undefined || found.top <= 0) return undefined;
  const isLowest = using.every(({ lowestData }) => lowestData !== undefined && found.top <= lowestData);
  return isLowest ? found : undefined;
}
