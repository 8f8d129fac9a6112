import type { InterfaceDescription } from '../../engine/decode/wit-type.ts';
import type { HostInterface } from '../host-interface.ts';
import { postgresOperations } from './operations.ts';
import type { postgresSettings } from './settings.ts';

/** What a component's database depends on. */
export interface PostgresConfig {
  readonly url: string | undefined;
}

/** `wasmcloud:postgres`: a database of PostgreSQL, as it is. */
export const postgresInterface: HostInterface<PostgresConfig, never, typeof postgresSettings> = {
  name: 'postgres',
  packages: {
    'wasmcloud:postgres': { matches: /^0\.(1\.1-draft|2\.0)$/, text: '0.1.1-draft and 0.2.0' },
  },
  operations: postgresOperations,
  suspends: () => true,
  servedBy: () => 'the configured PostgreSQL database',
  configure: ({ postgresUrl }) => ({ url: postgresUrl }),
  configureComponent: (_, imports) => (imports.some(isDraft) ? 'draft' : 'streams'),
  start: async (config, worker) => (await import('./postgres-worker.ts')).startPostgres(config, worker),
};

function isDraft({ name }: InterfaceDescription): boolean {
  return /^wasmcloud:postgres\/.*@0\.1\.1-draft$/.test(name);
}
