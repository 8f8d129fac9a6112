import { UnsupportedType } from '../abi/layout.ts';
import { ResourceKinds } from '../abi/resource-kinds.ts';
import type { ComponentDescription } from '../decode/decode.ts';
import type { ResetPlan } from '../reset/prepare.ts';
import { checkCallable } from './call-function.ts';
import { compileExport } from './export-function.ts';
import { GuestCallee } from './guest-callee.ts';
import type { Suspends } from './host-imports.ts';
import { writeAsyncImport, writeImport } from './import-function.ts';
import { type ExportedFunction, isAsync, type LinkPlan } from './link-plan.ts';
import { compileBuiltin } from './made-builtin.ts';

/** A component as the workers get it. */
export type Program = LinkedProgram | TranspiledProgram;

/** Put together by this host's own linker. */
export interface LinkedProgram {
  readonly kind: 'linked';
  readonly plan: Omit<LinkPlan, 'modules'>;
  /** As many as the plan had. */
  readonly modules: readonly WebAssembly.Module[];
  /** The export that a request calls. */
  readonly entry: ExportedFunction;
  /** Further ones that a request may call instead, of other components that were put together with it. */
  readonly others?: readonly ExportedFunction[];
  /** Which of the plan's core functions may suspend the guest. */
  readonly suspending: ReadonlySet<number>;
  /** How an instance is brought back to its start after a request, or why each request gets a new one. */
  readonly reset: ResetPlan | { readonly problem: string };
  /** The components of several that keep their memory from one request to the next, by their numbers in the plan. */
  readonly kept?: ReadonlyMap<number, KeptMember>;
}

/** How long the memory of a component lives that keeps it. */
export interface KeptMember {
  /** In how many instances of the program, in each thread. */
  readonly instances: number;
  /** How many calls of its exports it may serve, until it begins anew after a request; infinite where nobody counts. */
  readonly calls: number;
  /** The components that it imports from, which stay as long as it. */
  readonly along: readonly number[];
}

/** Transpiled by jco. */
export interface TranspiledProgram {
  readonly kind: 'transpiled';
  /** File URL of the glue that jco emitted. */
  readonly glue: string;
  /** The export that a request calls, by the names that the glue has for it. */
  readonly entry: { readonly interface: string; readonly name: string };
  /** The core modules by the names that the glue asks for. */
  readonly modules: ReadonlyMap<string, WebAssembly.Module>;
  /** The labels of imports, each with its interface as the host's functions are keyed. Default: none. */
  readonly labels?: readonly (readonly [label: string, key: string])[];
}

/** What of linking a component its host decides. */
export interface Linking {
  readonly suspends: Suspends;
  /** The export that a request calls. */
  readonly isEntry: (exported: ExportedFunction) => boolean;
}

/** How to link a component. */
export interface Linkable extends Pick<LinkedProgram, 'entry' | 'others' | 'suspending'> {
  readonly plan: LinkPlan;
}

/**
 * How to link a component, or why that is beyond this linker.
 *
 * @param entries the exports that requests call. Default: the first that is one
 */
export function linkOf(
  { link }: Pick<ComponentDescription, 'link'>,
  { suspends, isEntry }: Linking,
  entries?: readonly ExportedFunction[],
): Linkable | { readonly problem: string } {
  if ('problem' in link) return link;
  const [entry, ...others] = entries ?? [link.exports.find(isEntry)].filter((one) => one !== undefined);
  if (entry === undefined) return { problem: 'no handler that it exports is a function of its own' };
  const kinds = new ResourceKinds();
  const suspending = new Set<number>();
  try {
    for (const [index, planned] of link.functions.entries()) {
      if (planned.kind === 'call') checkCallable(planned.function.type);
      if (planned.kind === 'builtin') compileBuiltin(planned.builtin, kinds);
      if (planned.kind !== 'import') continue;
      const { interface: name, name: func, type } = planned.function;
      if (planned.options.isAsync) {
        writeAsyncImport(planned.function, kinds, planned.options.encoding);
        continue;
      }
      const waits = type.isAsync || suspends(name, func);
      if (waits) suspending.add(index);
      writeImport(planned.function, kinds, waits);
    }
    for (const one of [entry, ...others]) {
      if (isTask({ entry: one, plan: link })) new GuestCallee(one, link.resources, kinds, { by: 'host' });
      else compileExport(one, kinds);
    }
  } catch (error) {
    if (error instanceof UnsupportedType) return { problem: error.message };
    throw error;
  }
  return { plan: link, entry, ...(others.length === 0 ? {} : { others }), suspending };
}

/** All exports that requests may call; the first is the usual one. */
export function entriesOf({
  entry,
  others = [],
}: Pick<LinkedProgram, 'entry' | 'others'>): ExportedFunction[] {
  return [entry, ...others];
}

/** Whether a call of the entry is a task: something may go on after it has answered. */
export function isTask({
  entry,
  plan,
}: {
  readonly entry: ExportedFunction;
  readonly plan: Parameters<typeof isAsync>[0];
}): boolean {
  return entry.type.isAsync || isAsync(plan);
}
