import type { Holdings } from '../../runtime/worker/holdings.ts';
import { Unconstructible } from '../../shared/unconstructible.ts';
import type { IoError } from '../io/io-error.ts';

/** A folder that a guest may use. */
export interface Volume {
  /** Absolute path on the host. */
  readonly hostPath: string;
  /** The path under which the guest sees it. */
  readonly guestPath: string;
}

type Interfaces = Record<string, Record<string, unknown>>;

/** Makes `wasi:filesystem` for a guest. */
export type Filesystem = (holdings: Holdings) => Interfaces;

class NoDescriptor extends Unconstructible {}
class NoDirectoryEntryStream extends Unconstructible {}

const filesystemErrorCode = (error: IoError): string | undefined => error.codes.filesystem;

const nothing: Interfaces = {
  'wasi:filesystem/preopens': { getDirectories: () => [] },
  'wasi:filesystem/types': {
    Descriptor: NoDescriptor,
    DirectoryEntryStream: NoDirectoryEntryStream,
    filesystemErrorCode,
  },
};

/** What a guest without volumes sees. */
export const noFilesystem: Filesystem = () => nothing;

/** `wasi:filesystem` with the given volumes, and nothing at all without any. Its code is loaded where there are some. */
export async function filesystem(volumes: readonly Volume[]): Promise<Filesystem> {
  if (volumes.length === 0) return noFilesystem;
  const [{ Descriptor, folderFlags }, { DirectoryEntryStream }, { rootOf }] = await Promise.all([
    import('./descriptor.ts'),
    import('./directory-entries.ts'),
    import('./place.ts'),
  ]);
  const types = { Descriptor, DirectoryEntryStream, filesystemErrorCode };
  const roots = volumes.map(({ hostPath, guestPath }) => ({ root: rootOf(hostPath), guestPath }));
  return (holdings) => ({
    'wasi:filesystem/preopens': {
      getDirectories: () =>
        roots.map(({ root, guestPath }) => [
          new Descriptor({ root, names: [] }, folderFlags, holdings),
          guestPath,
        ]),
    },
    'wasi:filesystem/types': types,
  });
}
