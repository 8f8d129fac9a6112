import { reasonOf } from '../../../shared/host-error.ts';
import { systemCode } from '../../../shared/system-code.ts';
import { systemReason } from '../../../shared/system-reason.ts';
import { adviceFor } from '../../keyvalue/backends/system-errors.ts';
import { BlobError, type BlobErrorCase } from './backend.ts';

const cases: Readonly<Record<string, BlobErrorCase>> = {
  EACCES: 'access-denied',
  EPERM: 'access-denied',
  EROFS: 'access-denied',
  ENOSPC: 'quota-exceeded',
  EDQUOT: 'quota-exceeded',
};

/** A failure of the system as one of the store, with what to do. The guest is told no paths. */
export function fileFailure(cause: unknown): unknown {
  const code = systemCode(cause);
  if (cause instanceof BlobError || code === '') return cause;
  const hint = adviceFor(cause);
  return new BlobError(cases[code] ?? 'other', `filesystem failed: ${reasonOf(cause)}${hint}`, {
    cause,
    guestMessage: `filesystem failed: ${systemReason(cause)}${hint}`,
  });
}

/** Whether it says that nothing is there, or something on the way is no folder. */
export function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(systemCode(error));
}

/** A link is in the place of a file or folder; where it leads to is nobody's business here. */
export function linkRefused(path: string): BlobError {
  return new BlobError('access-denied', `${path} is a symbolic link; links are not followed`, {
    guestMessage: 'a symbolic link is in the place of a file or folder; links are not followed',
  });
}
