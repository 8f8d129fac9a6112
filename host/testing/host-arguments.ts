import { wrongArgument } from '../composition/options/wrong-argument.ts';
import { Snapshot } from './stores/snapshot.ts';

/** Throws a `HostError` for what `host.snapshot` did not answer, before a bucket is emptied for it. */
export function requireSnapshot(given: unknown): asserts given is Snapshot {
  if (!(given instanceof Snapshot))
    throw wrongArgument('host.restore', given, 'what host.snapshot() answers');
}
