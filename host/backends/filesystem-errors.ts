import { reasonOf } from '../host-error.ts';
import { StoreError } from './backend.ts';

/** What to do, by the code of the system's error. */
const advice: Record<string, string> = {
  EACCES: 'Let this user read and write the folder.',
  EDQUOT: 'The disk is full for this user: free some space.',
  EISDIR: 'A folder is in the place of the file: move it away.',
  EMFILE: 'Too many files are open: raise the limit (ulimit -n).',
  ENOSPC: 'The disk is full: free some space.',
  ENOTDIR: 'A file is in the place of a folder: move it away.',
  EPERM: 'Let this user read and write the folder.',
  EROFS: 'The disk can only be read: choose another folder.',
  EXDEV: 'The bucket’s folder is on another file system than the root: keep both on one.',
};

/** Tells a failure as one of the store, with what to do. */
export function explain(cause: unknown, op: string, bucket: string, key: string | undefined): StoreError {
  if (cause instanceof StoreError) return cause;
  const of = key === undefined ? '' : ` of key '${key.slice(0, 80)}'`;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const hint = advice[code] === undefined ? '' : `. ${advice[code]}`;
  const reason = `filesystem: ${op} in bucket '${bucket}'${of} failed: ${reasonOf(cause)}${hint}`;
  return new StoreError('other', reason, { cause });
}
