import type { HostInterface } from '../host-interface.ts';
import { chooseDialect, chooseDialects, describeDialect, type ImportedDialects } from './dialect.ts';
import { KeyvaluePool } from './keyvalue-pool.ts';
import { type KeyvalueConfig, startKeyvalue } from './keyvalue-worker.ts';
import { keyvalueOperations } from './operations.ts';
import { keyvaluePackages } from './packages.ts';
import type { settings as keyvalueSettings } from './settings.ts';

/** `wasi:keyvalue` and `wasmcloud:keyvalue`, in whichever stores the configuration names. */
export const keyvalueInterface: HostInterface<KeyvalueConfig, KeyvaluePool, typeof keyvalueSettings> = {
  name: 'keyvalue',
  packages: keyvaluePackages,
  operations: keyvalueOperations,
  suspends: () => true,
  check(imports) {
    chooseDialects(imports);
  },
  servedBy(_, imports) {
    const dialect = describeDialect(chooseDialect(imports));
    return `the configured backend${dialect === '' ? '' : ` (${dialect})`}`;
  },
  configure: ({ keyvalue }) => ({ stores: keyvalue }),
  configureComponent: (_, imports): ImportedDialects => chooseDialects(imports),
  hasLabels: true,
  start: startKeyvalue,
  startPool: (host) => new KeyvaluePool(host),
  inspector: async () => (await import('./inspector/index.ts')).inspectorPart,
  commands: async () => (await import('./commands/index.ts')).commandPart,
};

export const interfaces = [keyvalueInterface];
