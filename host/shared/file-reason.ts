import { reasonOf } from './host-error.ts';
import { isError } from './is-error.ts';
import { NotPlainFile } from './plain-file.ts';
import { systemCode } from './system-code.ts';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'may not be read by this user',
  EBADF: 'is not open for reading',
  EISDIR: 'is a folder',
  ELOOP: 'is a symbolic link that leads back to itself',
  ENAMETOOLONG: 'has a longer name than a file can have',
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist: what should be its folder is a file',
  EPERM: 'may not be read by this user',
  ERR_FS_FILE_TOO_LARGE: 'is larger than 2 GiB',
  ERR_INVALID_ARG_VALUE: 'is no name that a file can have',
};

/** Why a file can't be read, to be put behind its name: `does not exist`. */
export function fileReason(error: unknown): string {
  if (error instanceof NotPlainFile) return error.message;
  return reasons[systemCode(error)] ?? `can't be read: ${reasonOf(error)}`;
}

/** Whether it says that a file can't be read, and not what is wrong with its contents. */
export function isFileError(error: unknown): boolean {
  if (error instanceof NotPlainFile || isOfSystem(error)) return true;
  return systemCode(error) in reasons;
}

/** Whether it is the system that refused. */
export function isOfSystem(error: unknown): error is Error {
  return isError(error) && 'syscall' in error;
}

/** The same, for a file or folder that the error names. */
export function isOfPath(error: unknown): error is Error & { readonly path: unknown } {
  return isOfSystem(error) && 'path' in error;
}
