import type { HostInterfaceEntry } from '../settings/host-interfaces-setting.ts';
import { DEFAULT_LIMITS } from '../settings/limits.ts';
import { HostError } from '../shared/host-error.ts';
import type { Inspection } from './inspection.ts';
import { checkLabels } from './labels.ts';
import { loadSeveral } from './load-several.ts';
import type { Workload } from './workload.ts';

/** What is to be told of the main component of several. */
export interface SeveralInspection {
  /** Who serves an import, by its name, as far as other components do. */
  readonly suppliers: ReadonlyMap<string, string>;
  /** Absent where they can't be served. */
  readonly runs: Pick<Inspection, 'linked' | 'fresh'> | undefined;
  /** Why they can't be served. */
  readonly problem: string | undefined;
}

/** Looks at a component with others beside it. */
export async function inspectSeveral(
  workload: Workload,
  hostInterfaces: readonly HostInterfaceEntry[] = [],
): Promise<SeveralInspection> {
  try {
    const { program, suppliers, members } = await loadSeveral(workload, {
      memory: DEFAULT_LIMITS.memory,
      instances: 'fresh',
    });
    checkLabels(
      members.flatMap(({ imports }) => imports),
      hostInterfaces,
    );
    const { reset } = program;
    const fresh = 'problem' in reset ? `by new instances: ${reset.problem}` : 'by reset';
    const count = workload.components.length + 1;
    return {
      suppliers,
      runs: { linked: `by kvasi, ${count} components together`, fresh },
      problem: undefined,
    };
  } catch (error) {
    if (error instanceof HostError) return { suppliers: new Map(), runs: undefined, problem: error.message };
    throw error;
  }
}
