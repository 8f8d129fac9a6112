import { parseInterfaceName } from './interface-name.ts';
import type { InterfaceDescription } from './wit-type.ts';

/** An import with a label. */
export interface LabelledImport {
  readonly label: string;
  /** The interface that it is, without its version: `wasi:keyvalue/store`. */
  readonly interface: string;
}

/** Those of the imports that have labels and are of some packages. */
export function labelledImports(
  imports: readonly InterfaceDescription[],
  packages: Readonly<Record<string, unknown>>,
): (LabelledImport & { readonly description: InterfaceDescription })[] {
  return imports.flatMap((description) => {
    const { label, name } = description;
    const { package: owner, key } = parseInterfaceName(name);
    if (label === undefined || !Object.hasOwn(packages, owner)) return [];
    return [{ label, interface: key, description }];
  });
}
