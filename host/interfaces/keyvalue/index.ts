import type { HostInterface } from '../host-interface.ts';
import { chooseDialect, type Dialect, describeDialect } from './dialect.ts';
import { KeyvaluePool } from './keyvalue-pool.ts';
import { type KeyvalueConfig, startKeyvalue } from './keyvalue-worker.ts';
import { keyvalueOperations } from './operations.ts';
import type { keyvalueSettings } from './settings.ts';

/** `wasi:keyvalue` and `wasmcloud:keyvalue`, in whichever stores the configuration names. */
export const keyvalueInterface: HostInterface<KeyvalueConfig, KeyvaluePool, typeof keyvalueSettings> = {
  name: 'keyvalue',
  packages: {
    'wasi:keyvalue': { matches: /^0\.2\.0-draft2?$/, text: '0.2.0-draft and 0.2.0-draft2' },
    'wasmcloud:keyvalue': { matches: /^0\.2\.0$/, text: '0.2.0' },
  },
  operations: keyvalueOperations,
  suspends: () => true,
  check(imports) {
    chooseDialect(imports);
  },
  servedBy(_, imports) {
    const dialect = describeDialect(chooseDialect(imports));
    return `the configured backend${dialect === '' ? '' : ` (${dialect})`}`;
  },
  configure: ({ keyvalue }) => ({ stores: keyvalue }),
  configureComponent: (_, imports): Dialect => chooseDialect(imports),
  start: startKeyvalue,
  startPool: (host) => new KeyvaluePool(host),
  inspector: async () => (await import('./inspector/index.ts')).inspectorPart,
  commands: async () => (await import('./commands/index.ts')).commandPart,
};
