import { isFileError } from '../shared/file-reason.ts';
import { HostError } from '../shared/host-error.ts';
import { formatPath, type KeyPath } from './file/parsed-file.ts';
import type { Sources } from './setting.ts';

/** A file or folder that the configuration names. */
export interface NamedFile {
  /** Absolute. */
  readonly path: string;
  /** Where that was said: see `placeOfKey`. */
  readonly place: string;
}

/** A key with its place: `.wash/config.yaml:3:5: dev.service_file`. */
export function placeOfKey({ file }: Pick<Sources, 'file'>, path: KeyPath): string {
  return `${file?.locate(path)}: ${formatPath(path)}`;
}

/**
 * Does something with a file that the configuration names. What is wrong with it is told with the place where it is named, and is a
 * mistake of the configuration and not of whoever calls a command.
 *
 * @param place what `placeOfKey` says; undefined where the file was not named in a configuration
 * @param isMeant which errors are of that file. Default: all of a component and of the configuration
 */
export async function atPlace<T>(
  place: string | undefined,
  use: () => Promise<T>,
  isMeant: (error: HostError) => boolean = ({ code }) => code === 'component' || code === 'config',
): Promise<T> {
  try {
    return await use();
  } catch (cause) {
    if (place === undefined || !(cause instanceof HostError) || !isMeant(cause)) throw cause;
    throw new HostError(cause.code, `${place}: ${cause.message}`, { cause });
  }
}

/** The same where the file can't be read; what is wrong in it is told as it is. */
export async function readAtPlace<T>(place: string | undefined, use: () => Promise<T>): Promise<T> {
  return await atPlace(place, use, ({ cause }) => isFileError(cause));
}
