import type { InterfaceDescription } from '../../engine/decode/wit-type.ts';
import type { TextMap } from '../../settings/text-map.ts';
import { HostError } from '../../shared/host-error.ts';

/** Throws a `TypeError` for an import of `wasmcloud:secrets/secret` that does not say which secret it is. */
export function requireLabels(imports: readonly InterfaceDescription[]): void {
  for (const { name, label } of imports) {
    if (label === undefined)
      throw new TypeError(
        `it imports ${name} without a label, which would say which secret it is. Import it under one: import db-password: ${name};`,
      );
  }
}

/** Throws a `HostError` that names the secrets that a component imports by their labels and that it is not given. */
export function requireSecrets(labels: readonly string[], values: TextMap): void {
  const missing = labels.filter((label) => !Object.hasOwn(values, label));
  if (missing.length === 0) return;
  throw new HostError(
    'config',
    `the component imports ${missing.length === 1 ? 'the secret' : 'the secrets'} ${missing.join(', ')}, which no entry of secrets that it is given has. Add it to one, and name that in workload.secretFrom.`,
  );
}
