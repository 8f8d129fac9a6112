import { formatPath, type KeyPath } from '../../settings/file/parsed-file.ts';
import { isPlainMap, typeOf } from '../../settings/shown-value.ts';
import { HostError, reasonOf } from '../../shared/host-error.ts';

/** How deep maps and lists may lie in each other. */
const deepest = 100;

/**
 * Reads what a caller gives, each value once: maps and lists are copied, also what they inherit; everything else stays what it is.
 * Throws a `HostError` where a getter or a proxy throws, or where it contains itself.
 *
 * @param caller the function that was called
 * @param known keys that are read also where they can't be enumerated, as accessors of a class
 */
export function plainCopy(
  given: object,
  caller: string,
  known: readonly string[] = [],
): Record<string, unknown> {
  const copyOf = (value: unknown, path: KeyPath): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    // Functions that a program gives are called on what they belong to.
    if (path.length === 2 && path[0] === 'imports') return value;
    const type = typeOf(value);
    if (type === undefined) throw unreadable(path, new TypeError('it is a proxy or a getter that throws'));
    if (type !== 'Array' && !isPlainMap(value)) return value;
    if (path.length > deepest) {
      const [first = ''] = path;
      throw new HostError(
        'usage',
        `${caller}: ${formatPath([first])} contains itself, or maps and lists more than ${deepest} deep.`,
      );
    }
    if (type !== 'Array') return mapOf(value, keysOf(value, path), path);
    const length = read(value, 'length', path) as number;
    return Array.from({ length }, (_, index) => {
      const at = [...path, index];
      return copyOf(read(value, index, at), at);
    });
  };
  const mapOf = (map: object, keys: Iterable<string>, path: KeyPath): Record<string, unknown> =>
    Object.fromEntries(
      [...keys].map((key) => {
        const at = [...path, key];
        return [key, copyOf(read(map, key, at), at)];
      }),
    );
  const read = (map: object, key: string | number, path: KeyPath): unknown => {
    try {
      return (map as Record<string | number, unknown>)[key];
    } catch (cause) {
      throw unreadable(path, cause);
    }
  };
  const keysOf = (map: object, path: KeyPath): string[] => {
    try {
      const keys: string[] = [];
      for (const key in map) keys.push(key);
      return keys;
    } catch (cause) {
      throw unreadable(path, cause);
    }
  };
  const unreadable = (path: KeyPath, cause: unknown): HostError => {
    const what = path.length === 0 ? 'what it got' : formatPath(path);
    return new HostError('usage', `${caller}: ${what} can't be read: ${reasonOf(cause)}`, { cause });
  };
  const keys = new Set(keysOf(given, []));
  const hidden = known.filter((key) => !keys.has(key) && read(given, key, [key]) !== undefined);
  return mapOf(given, [...keys, ...hidden], []);
}
