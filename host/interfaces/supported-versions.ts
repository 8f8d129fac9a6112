import type { InterfaceDescription } from '../engine/decode/wit-type.ts';
import { hostName } from '../engine/link/host-name.ts';
import type { Interfaces } from './imports.ts';
import { Unconstructible } from './unconstructible.ts';

/** Versions of a package that the host serves, and how to say so. */
interface ServedVersions {
  readonly matches: RegExp;
  readonly text: string;
}

const stable: ServedVersions = { matches: /^0\.2\.\d+$/, text: '0.2.0 to 0.2.12' };
const served: Readonly<Record<string, ServedVersions>> = {
  'wasi:cli': stable,
  'wasi:clocks': stable,
  'wasi:config': { matches: /^0\.2\.0(-(draft|rc\.1))?$/, text: '0.2.0-draft and 0.2.0-rc.1' },
  'wasi:filesystem': stable,
  'wasi:http': stable,
  'wasi:io': stable,
  'wasi:keyvalue': { matches: /^0\.2\.0-draft2?$/, text: '0.2.0-draft and 0.2.0-draft2' },
  'wasi:logging': { matches: /^0\.1\.0(-draft)?$/, text: '0.1.0-draft' },
  'wasi:random': stable,
  'wasi:sockets': stable,
};

/** An interface name taken apart: `wasi:http/types@0.2.3`. */
export interface InterfaceName {
  readonly package: string;
  /** Package and interface without the version, as the imports are keyed: `wasi:http/types`. */
  readonly unversioned: string;
  readonly version: string | undefined;
}

export function parseInterfaceName(name: string): InterfaceName {
  const at = name.lastIndexOf('@');
  const unversioned = at < 0 ? name : name.slice(0, at);
  return {
    package: unversioned.split('/', 1)[0] ?? unversioned,
    unversioned,
    version: at < 0 ? undefined : name.slice(at + 1),
  };
}

/** Why the host can't serve an import, or `undefined` when it can. */
export function whyNotServed(item: InterfaceDescription, provided: Interfaces): string | undefined {
  if (item.implements !== undefined) {
    return `a label for ${item.implements}; labels are not served yet, so import the interface by its own name`;
  }
  const name = parseInterfaceName(item.name);
  if (item.functions.size === 0) return undefined;
  const versions = served[name.package];
  if (versions === undefined) return `no package ${name.package} is provided`;
  if (name.version === undefined || !versions.matches.test(name.version)) {
    return `of ${name.package}, the versions ${versions.text} are provided`;
  }
  const functions = provided[name.unversioned];
  if (functions === undefined) return `${name.package} is provided without this interface`;
  for (const func of item.functions.keys()) {
    if (!hasFunction(functions, func)) return `its function ${func} is not provided`;
  }
  return undefined;
}

/** The packages and versions that are served, one line each. */
export function servedPackages(): string[] {
  return Object.entries(served).map(([name, { text }]) => `${name} ${text}`);
}

/** Looks a WIT function up under the name that jco gives it. */
function hasFunction(functions: Record<string, unknown>, name: string): boolean {
  const { kind, resource, member } = hostName(name);
  if (resource === undefined) return typeof functions[member] === 'function';
  const owner = functions[resource];
  if (typeof owner !== 'function') return false;
  if (kind === 'constructor' || owner.prototype instanceof Unconstructible) return true;
  const holder: unknown = kind === 'static' ? owner : owner.prototype;
  return typeof holder === 'object' || typeof holder === 'function'
    ? typeof Reflect.get(holder ?? {}, member) === 'function'
    : false;
}
