import type { HostImports } from '../../engine/link/host-imports.ts';
import type { ImportedDialects } from './dialect.ts';
import { keyvalue } from './keyvalue.ts';
import type { KeyvalueContext } from './perform.ts';
import { wasmcloudKeyvalue } from './wasmcloud.ts';

/** What one component of a guest imports: by the names of interfaces, and by its labels. */
export function keyvalueImports(
  { dialect, labels }: ImportedDialects,
  common: Omit<KeyvalueContext, 'dialect' | 'label'>,
): HostImports {
  // Components of one host may be built against different shapes.
  const imports = interfacesOf({ ...common, dialect, label: undefined });
  if (labels.length === 0) return imports;
  const labelled = labels.map(({ label, interface: name, dialect: own }) => [
    label,
    interfacesOf({ ...common, dialect: own, label })[name],
  ]);
  return { ...imports, ...Object.fromEntries(labelled) };
}

function interfacesOf(context: KeyvalueContext): HostImports {
  return context.dialect.isWasmcloud
    ? { ...keyvalue(context), ...wasmcloudKeyvalue(context) }
    : keyvalue(context);
}
