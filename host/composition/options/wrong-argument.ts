import { shownValue } from '../../settings/shown-value.ts';
import { HostError } from '../../shared/host-error.ts';

/**
 * A `HostError` for a value that a function of the library does not take.
 *
 * @param what the function, or what of it the value is: `clock.set`, `the key of bucket.get`
 */
export function wrongArgument(what: string, given: unknown, expected: string): HostError {
  const verb = what.startsWith('the ') ? 'is' : 'got';
  return new HostError('usage', `${what} ${verb} ${shownValue(given)}. Expected ${expected}.`);
}
