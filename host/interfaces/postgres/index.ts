import { type LabelledImport, labelledImports } from '../../engine/decode/labelled-imports.ts';
import type { InterfaceDescription } from '../../engine/decode/wit-type.ts';
import type { PoolPart } from '../../runtime/interface.ts';
import {
  entryFor,
  type HostInterfaceEntry,
  type hostInterfacesSettings,
} from '../../settings/host-interfaces-setting.ts';
import type { HostInterface } from '../host-interface.ts';
import { withDatabase } from './database-url.ts';
import { postgresOperations } from './operations.ts';
import type { settings } from './settings.ts';

/** What one component reaches, in the version that it imports. */
export interface PostgresImports {
  readonly version: 'draft' | 'streams';
  /** The URL of its database; absent where none is configured. */
  readonly url: string | undefined;
  /** What it reaches through imports with labels. */
  readonly labelled: readonly (Pick<LabelledImport, 'label' | 'interface'> & {
    readonly url: string | undefined;
  })[];
}

const owner = 'wasmcloud:postgres';
const packages = { [owner]: { matches: /^0\.(1\.1-draft|2\.0)$/, text: '0.1.1-draft and 0.2.0' } };

/** `wasmcloud:postgres`: databases of PostgreSQL, as they are. */
export const postgresInterface: HostInterface<
  undefined,
  PoolPart,
  readonly [...typeof settings, ...typeof hostInterfacesSettings]
> = {
  name: 'postgres',
  packages,
  operations: postgresOperations,
  hasLabels: true,
  suspends: () => true,
  servedBy: () => 'the configured PostgreSQL database',
  configureComponent({ postgresUrl, hostInterfaces }, imports): PostgresImports {
    const urlFor = (label: string | undefined): string | undefined =>
      urlOf(entryFor(hostInterfaces, owner, label), postgresUrl);
    return {
      version: imports.some(isDraft) ? 'draft' : 'streams',
      url: urlFor(undefined),
      labelled: labelledImports(imports, packages).map(({ label, interface: name }) => ({
        label,
        interface: name,
        url: urlFor(label),
      })),
    };
  },
  start: async (_, worker) => (await import('./postgres-worker.ts')).startPostgres(worker),
};

/** As wash has it: an entry has a URL of its own, or a database of the server that all share. */
function urlOf(entry: HostInterfaceEntry | undefined, shared: string | undefined): string | undefined {
  const { url = shared, database } = entry?.config ?? {};
  return url === undefined || database === undefined ? url : withDatabase(url, database);
}

function isDraft({ name }: InterfaceDescription): boolean {
  return /^wasmcloud:postgres\/.*@0\.1\.1-draft$/.test(name);
}

export const interfaces = [postgresInterface];
