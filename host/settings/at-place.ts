import { HostError } from '../shared/host-error.ts';
import { formatPath, type KeyPath } from './file/parsed-file.ts';
import type { Sources } from './setting.ts';

/** A key with its place: `.wash/config.yaml:3:5: dev.service_file`. */
export function placeOfKey({ file }: Pick<Sources, 'file'>, path: KeyPath): string {
  return `${file?.locate(path)}: ${formatPath(path)}`;
}

/**
 * Does something with a file that the configuration names. What is wrong with it is told with the place where it is named, and is a
 * mistake of the configuration and not of whoever calls a command.
 *
 * @param place what `placeOfKey` says; undefined where the file was not named in a configuration
 */
export async function atPlace<T>(place: string | undefined, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (cause) {
    const isOfFile = cause instanceof HostError && (cause.code === 'component' || cause.code === 'config');
    if (place === undefined || !isOfFile) throw cause;
    throw new HostError(cause.code, `${place}: ${cause.message}`, { cause });
  }
}
