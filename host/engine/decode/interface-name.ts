/** An interface name taken apart: `docs:adder/add@0.1.0`. */
export interface InterfaceName {
  readonly package: string;
  /** Package and interface without the version: `docs:adder/add`. */
  readonly unversioned: string;
  /** How the host's functions are keyed: without the version, but for 0.3, which a component may import beside 0.2. */
  readonly key: string;
  readonly version: string | undefined;
}

export function parseInterfaceName(name: string): InterfaceName {
  const at = name.lastIndexOf('@');
  const unversioned = at < 0 ? name : name.slice(0, at);
  return {
    package: unversioned.split('/', 1)[0] ?? unversioned,
    unversioned,
    key: name.startsWith('0.3.', unversioned.length + 1) ? `${unversioned}@0.3` : unversioned,
    version: at < 0 ? undefined : name.slice(at + 1),
  };
}
