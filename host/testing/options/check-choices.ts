import { wrongArgument } from '../../composition/options/wrong-argument.ts';
import { BACKEND_NAMES } from '../../interfaces/keyvalue/configuration/backend-settings.ts';
import { isPlainMap } from '../../settings/shown-value.ts';
import { HostError, reasonOf } from '../../shared/host-error.ts';
import { nearest } from '../../shared/nearest.ts';
import { SERVED_BACKENDS } from '../stores/own-backend.ts';

const CHOICES =
  'names of backends, each an argument, or programs of servers such as { redis: "/opt/redis-8/bin/redis-server" }';

/** Throws a `HostError` where no backend is named, so that nothing would be tested, or one that there is not. */
export function requireChoices(caller: string, given: readonly unknown[]): void {
  if (given.length === 0) {
    throw new HostError(
      'usage',
      `${caller} got no name of a backend. Expected at least one of ${BACKEND_NAMES.join(', ')}.`,
    );
  }
  for (const choice of given) {
    if (typeof choice === 'string') requireName('backend', choice, BACKEND_NAMES);
    else if (isPlainMap(choice)) requirePrograms(caller, choice);
    else throw wrongArgument(caller, choice, CHOICES);
  }
}

function requirePrograms(caller: string, choice: Readonly<Record<string, unknown>>): void {
  try {
    const programs = Object.entries(choice);
    if (programs.length === 0) throw wrongArgument(caller, choice, CHOICES);
    for (const [name, program] of programs) {
      requireName('backend with a server', name, SERVED_BACKENDS);
      if (typeof program !== 'string') {
        throw wrongArgument(`the ${name} server of ${caller}`, program, 'the program of a server');
      }
    }
  } catch (cause) {
    if (cause instanceof HostError) throw cause;
    throw new HostError('usage', `${caller}: what it got can't be read: ${reasonOf(cause)}`, { cause });
  }
}

function requireName(what: string, given: string, known: readonly string[]): void {
  if (known.includes(given)) return;
  const near = nearest(given, known);
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  throw new HostError(
    'usage',
    `there is no ${what} ${JSON.stringify(given)}. Expected one of ${known.join(', ')}.${hint}`,
  );
}
