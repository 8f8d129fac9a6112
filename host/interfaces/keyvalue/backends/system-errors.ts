import { reasonOf } from '../../../shared/host-error.ts';
import { isError } from '../../../shared/is-error.ts';
import { systemCode } from '../../../shared/system-code.ts';
import { systemReason } from '../../../shared/system-reason.ts';
import { StoreError } from './backend.ts';

/** What to do, by the code of the system's error. */
const advice: Record<string, string> = {
  EACCES: 'Let this user read and write the folder.',
  EDQUOT: 'The disk is full for this user: free some space.',
  EEXIST: 'A file is in the place of a folder: move it away.',
  EISDIR: 'A folder is in the place of the file: move it away.',
  EMFILE: 'Too many files are open: raise the limit (ulimit -n).',
  ENOSPC: 'The disk is full: free some space.',
  ENOTDIR: 'A file is in the place of a folder: move it away.',
  EPERM: 'Let this user read and write the folder.',
  EROFS: 'The disk can only be read: choose another folder.',
  EXDEV: 'The bucket’s folder is on another file system than the root: keep both on one.',
};

/** A sentence that says what to do, behind a full stop; or nothing. */
export function adviceFor(cause: unknown): string {
  // The locks are SQLite's; these are its codes for a file that this user can't write or make.
  const isLock = isError(cause) && 'errcode' in cause && [8, 14].includes(Number(cause.errcode) & 0xff);
  const text = isLock ? advice.EACCES : advice[systemCode(cause)];
  return text === undefined ? '' : `. ${text}`;
}

/** Whether it says that the folder can be read and not be written. */
export function isWriteRefusal(cause: unknown): boolean {
  return ['EACCES', 'EPERM', 'EROFS'].includes(systemCode(cause));
}

/**
 * A failure of the system as one of the store, with what to do. The guest is told no paths.
 * @param what failed, such as `sqlite failed`
 * @param where the path, for the user. Default: the system's error names it
 * @param hint a sentence that says what to do. Default: what is known of the code
 */
export function storeFailure(cause: unknown, what: string, where = '', hint = adviceFor(cause)): StoreError {
  if (cause instanceof StoreError) return cause;
  const guestMessage = `${what}: ${systemReason(cause)}${hint}`;
  const isFull = ['ENOSPC', 'EDQUOT'].includes(systemCode(cause));
  const errorCase = isFull ? 'quota-exceeded' : 'other';
  return new StoreError(errorCase, `${what}${where}: ${reasonOf(cause)}${hint}`, { cause, guestMessage });
}
