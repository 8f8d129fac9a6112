import { parseInterfaceName } from '../../engine/decode/interface-name.ts';
import type { InterfaceDescription } from '../../engine/decode/wit-type.ts';
import type { PoolPart } from '../../runtime/interface.ts';
import { secretsPackage } from '../../settings/host-interfaces-setting.ts';
import type { HostInterface } from '../host-interface.ts';
import { requireLabels, requireSecrets } from './labels.ts';
import { secretOperations } from './operations.ts';
import { type Config, secrets } from './secrets.ts';
import type { settings } from './settings.ts';

/** `wasmcloud:secrets`: values that nobody but the component gets to see. */
export const secretsInterface: HostInterface<undefined, PoolPart, typeof settings> = {
  name: 'secrets',
  packages: { [secretsPackage]: { matches: /^2\.1\.\d+$/, text: '2.1.0' } },
  operations: secretOperations,
  check: (imports) => requireLabels(labelsIn(imports)),
  configureComponent({ secrets: values }, imports): Config {
    const labels = labelsIn(imports).flatMap(({ label }) => label ?? []);
    requireSecrets(labels, values);
    return { values, labels };
  },
  start: () => ({ imports: (guest, own) => secrets(guest.trace, own as Config) }),
};

/** The imports that stand for one secret each. */
function labelsIn(imports: readonly InterfaceDescription[]): readonly InterfaceDescription[] {
  return imports.filter(({ name }) => parseInterfaceName(name).key === `${secretsPackage}/secret`);
}

export const interfaces = [secretsInterface];
