import { isError } from './is-error.ts';

/** The code of an error of Node or of the system, such as `ENOENT`; nothing where it has none. */
export function systemCode(error: unknown): string {
  return isError(error) && 'code' in error ? String(error.code) : '';
}
