import { reasonOf } from '../../../../shared/host-error.ts';
import { isError } from '../../../../shared/is-error.ts';
import { systemCode } from '../../../../shared/system-code.ts';
import { systemReason } from '../../../../shared/system-reason.ts';
import { StoreError } from '../backend.ts';

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

/** Tells a failure as one of the store, with what to do. */
export function explain(cause: unknown, op: string, bucket: string, key: string | undefined): StoreError {
  if (cause instanceof StoreError) return cause;
  const of = key === undefined ? '' : ` of key '${key.slice(0, 80)}'`;
  const hint = adviceFor(cause);
  const what = `filesystem: ${op} in bucket '${bucket}'${of} failed`;
  const guestMessage = `${what}: ${systemReason(cause)}${hint}`;
  return new StoreError('other', `${what}: ${reasonOf(cause)}${hint}`, { cause, guestMessage });
}
