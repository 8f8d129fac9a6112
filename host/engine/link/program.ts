import { mayWait } from '../../interfaces/suspending.ts';
import { UnsupportedType } from '../abi/layout.ts';
import type { ComponentDescription } from '../decode/decode.ts';
import type { ResetPlan } from '../reset/prepare.ts';
import { writeImport } from './import-function.ts';
import type { LinkPlan } from './link-plan.ts';
import { ResourceKinds } from './resource-kinds.ts';

/** A component as the workers get it. */
export type Program = LinkedProgram | TranspiledProgram;

/** Put together by this host's own linker. */
export interface LinkedProgram {
  readonly kind: 'linked';
  readonly plan: Omit<LinkPlan, 'modules'>;
  /** As many as the plan had. */
  readonly modules: readonly WebAssembly.Module[];
  /** How an instance is brought back to its start after a request, or why each request gets a new one. */
  readonly reset: ResetPlan | { readonly problem: string };
}

/** Transpiled by jco. */
export interface TranspiledProgram {
  readonly kind: 'transpiled';
  /** File URL of the glue that jco emitted. */
  readonly glue: string;
  /** The core modules by the names that the glue asks for. */
  readonly modules: ReadonlyMap<string, WebAssembly.Module>;
}

/** How to link a component, or why jco has to transpile it. */
export function linkOf({ link }: ComponentDescription): LinkPlan | { readonly problem: string } {
  if ('problem' in link) return link;
  const kinds = new ResourceKinds();
  try {
    for (const planned of link.functions) {
      if (planned.kind !== 'import') continue;
      const { interface: name, name: func } = planned.function;
      writeImport(planned.function, kinds, mayWait(name, func));
    }
  } catch (error) {
    if (error instanceof UnsupportedType) return { problem: error.message };
    throw error;
  }
  return link;
}
