import { constants } from 'node:fs';
import type { Holdings } from '../../runtime/worker/holdings.ts';
import { refuse } from './error-code.ts';
import { OpenFile } from './open-file.ts';
import { type Folder, placeOf } from './place.ts';

/** `wasi:filesystem/types` descriptor-flags. */
export interface DescriptorFlags {
  readonly read?: boolean;
  readonly write?: boolean;
  readonly fileIntegritySync?: boolean;
  readonly dataIntegritySync?: boolean;
  readonly requestedWriteSync?: boolean;
  readonly mutateDirectory?: boolean;
}

/** `wasi:filesystem/types` open-flags. */
export interface OpenFlags {
  readonly create?: boolean;
  readonly directory?: boolean;
  readonly exclusive?: boolean;
  readonly truncate?: boolean;
}

/**
 * Opens what a path leads to, a plain file or a folder; FIFOs, sockets and devices are `unsupported`. Throws an `ErrorCode`.
 *
 * @param follows whether a link at the end of the path is followed; else it is `loop`
 */
export function openPath(
  folder: Folder,
  path: string,
  follows: boolean,
  how: OpenFlags,
  flags: DescriptorFlags,
  holdings: Holdings,
): Folder | OpenFile {
  const { create = false, directory = false, exclusive = false, truncate = false } = how;
  if (directory && (create || exclusive || truncate)) refuse('invalid');
  const isNew = create && exclusive;
  const place = placeOf(folder, path, follows && !isNew);
  const { stats } = place;
  if (stats === undefined) {
    if (!create) refuse('no-entry');
    if (place.wantsFolder) refuse('is-directory');
  } else {
    if (isNew) refuse('exist');
    if (stats.isSymbolicLink()) refuse('loop');
    if (stats.isDirectory()) {
      if (create || truncate || flags.write === true) refuse('is-directory');
      return { root: place.root, names: place.names };
    }
    if (directory) refuse('not-directory');
    if (!stats.isFile()) refuse('unsupported');
  }
  return OpenFile.open(place.path, systemFlags(how, flags), holdings);
}

/** The flags of `open(2)`. Links are not followed here any more, and nothing is waited for. */
function systemFlags(how: OpenFlags, flags: DescriptorFlags): number {
  const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC } = constants;
  // The system empties only what it opens to write.
  const writes = flags.write === true || how.truncate === true;
  const access = !writes ? O_RDONLY : flags.read === true ? O_RDWR : O_WRONLY;
  return (
    access |
    (how.create === true ? O_CREAT : 0) |
    (how.create === true && how.exclusive === true ? O_EXCL : 0) |
    (how.truncate === true ? O_TRUNC : 0) |
    (flags.fileIntegritySync === true ? (constants.O_SYNC ?? 0) : 0) |
    (flags.dataIntegritySync === true ? (constants.O_DSYNC ?? 0) : 0) |
    (constants.O_NOFOLLOW ?? 0) |
    (constants.O_NONBLOCK ?? 0)
  );
}
