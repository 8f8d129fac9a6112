import { getSystemErrorMessage } from 'node:util';
import { reasonOf } from './host-error.ts';
import { isError } from './is-error.ts';

/** The system's error without the paths that Node adds to it, which are no business of a guest. */
export function systemReason(thrown: unknown): string {
  if (!(isError(thrown) && 'errno' in thrown && 'code' in thrown)) return reasonOf(thrown);
  return `${String(thrown.code)}: ${getSystemErrorMessage(Number(thrown.errno)) ?? 'a failure of the system'}`;
}
