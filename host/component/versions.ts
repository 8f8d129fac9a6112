import { parseInterfaceName } from '../engine/decode/interface-name.ts';

/**
 * Whether an interface may serve an import of another version: they have one name, and versions between which nothing was taken away
 * by the rules of semantic versions.
 */
export function isCompatible(exported: string, imported: string): boolean {
  const one = parseInterfaceName(exported);
  const other = parseInterfaceName(imported);
  return one.unversioned === other.unversioned && track(one.version) === track(other.version);
}

/** The part of a version that has to be the same. Source: the component model's "canonical interface name". */
function track(version: string | undefined): string | undefined {
  const [, major, minor] = /^(\d+)\.(\d+)\.\d+(?:\+.*)?$/.exec(version ?? '') ?? [];
  if (major === undefined || (major === '0' && minor === '0')) return version;
  return major === '0' ? `0.${minor}` : major;
}
