import { wrongArgument } from '../../composition/options/wrong-argument.ts';
import { requireChoices } from './check-choices.ts';
import { checkedBackendOptions } from './check-options.ts';

/** Throws a `HostError` for arguments of `describeBackends` with which it would describe nothing, or something else. */
export function requireDescription(names: unknown, options: unknown, body: unknown): void {
  if (!Array.isArray(names)) {
    throw wrongArgument('describeBackends', names, 'a list of backends such as ["in_memory", "redis"]');
  }
  requireChoices('describeBackends', names);
  checkedBackendOptions(options, 'describeBackends');
  if (typeof body !== 'function') {
    throw wrongArgument('the third argument of describeBackends', body, 'a function that describes tests');
  }
}
