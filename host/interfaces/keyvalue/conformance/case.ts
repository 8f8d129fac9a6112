import type { Capabilities } from '../backends/definition.ts';
import type { Feature } from './feature.ts';
import type { Trial } from './trial.ts';

/** A capability that not every backend has; a case that needs it is skipped where it is missing. */
export type Need = 'durable' | 'shared' | 'atomic' | 'keyTtl';

/** One thing that every backend does alike. */
export interface Case {
  /** What a user of the bucket notices. */
  readonly name: string;
  /** Default: none. */
  readonly needs?: readonly Need[];
  /** Default: none. */
  readonly uses?: readonly Feature[];
  /** Milliseconds that it may take. Default: 60 000. */
  readonly timeout?: number;
  /** Throws when the backend does otherwise. */
  run(trial: Trial): Promise<void>;
}

/** Cases about one part of the contract. */
export interface Group {
  readonly name: string;
  readonly cases: readonly Case[];
}

export const defaultTimeout = 60_000;

/** Why a case does not apply; `undefined` when it does. */
export function whySkipped(
  { needs = [], uses = [] }: Case,
  capabilities: Capabilities,
  lacks: readonly Feature[],
): string | undefined {
  const reasons: Readonly<Record<Need, string>> = {
    durable: 'it is not durable',
    shared: 'it is not shared between hosts',
    atomic: 'it is not atomic between hosts',
    keyTtl: 'its keys have no time to live of their own',
  };
  const need = needs.find((one) => capabilities[one] !== true);
  if (need !== undefined) return reasons[need];
  const feature = uses.find((one) => lacks.includes(one));
  return feature === undefined ? undefined : `what drives it has no ${feature}`;
}
