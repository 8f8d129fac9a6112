import { nearest } from '../config/nearest.ts';
import { BACKEND_NAMES } from '../config/settings.ts';
import { isPlainMap } from '../config/shown-value.ts';
import { HostError } from '../host-error.ts';
import { wrongArgument } from './arguments.ts';

const NAMES = BACKEND_NAMES.join(', ');

/** Throws a `HostError` where no backend is named, so that nothing would be tested, or one that there is not. */
export function requireChoices(caller: string, given: readonly unknown[]): void {
  if (given.length === 0) {
    throw new HostError('usage', `${caller} got no name of a backend. Expected at least one of ${NAMES}.`);
  }
  for (const choice of given) {
    // A map names the programs of servers.
    if (isPlainMap(choice)) continue;
    if (typeof choice !== 'string') {
      throw wrongArgument(caller, choice, `names of backends, each an argument: ${NAMES}`);
    }
    if (BACKEND_NAMES.some((name) => name === choice)) continue;
    const near = nearest(choice, BACKEND_NAMES);
    const hint = near === undefined ? '' : ` (did you mean ${near}?)`;
    throw new HostError(
      'usage',
      `there is no backend ${JSON.stringify(choice)}. Expected one of ${NAMES}${hint}.`,
    );
  }
}
