/** An interface name taken apart: `docs:adder/add@0.1.0`. */
export interface InterfaceName {
  readonly package: string;
  /** Package and interface without the version, as the host's functions are keyed: `docs:adder/add`. */
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
