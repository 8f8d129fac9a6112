import type { InterfaceDescription } from '../../engine/decode/wit-type.ts';
import type { HostInterface } from '../host-interface.ts';
import { importsOfModules } from './imported-module.ts';
import { type ImportsConfig, servedImports } from './imports-config.ts';
import { ImportsPool } from './imports-pool.ts';
import { importOperations } from './operations.ts';
import type { settings } from './settings.ts';

/** Imports that the host does not have, and that modules of its user serve. */
export const importsInterface: HostInterface<ImportsConfig, ImportsPool, typeof settings> = {
  name: 'imports',
  packages: {},
  operations: importOperations,
  configure: ({ imports: modules }, imports) => ({
    modules: modules.map((module) =>
      module.kind === 'file'
        ? { kind: 'file', path: module.path, place: module.place }
        : { kind: 'given', id: module.id },
    ),
    served: servedImports(imports, modules),
    env: modules.some(({ kind }) => kind === 'file') ? { ...process.env } : {},
  }),
  // By these a worker finds them again among all that are served: one message has both.
  configureComponent: ({ imports: modules }, imports): readonly InterfaceDescription[] =>
    importsOfModules(imports, modules),
  start: (config, worker) =>
    config.served.length === 0
      ? { imports: () => ({}) }
      : import('./imports-worker.ts').then(({ startImports }) => startImports(config, worker)),
  startPool: () => new ImportsPool(),
};

export const interfaces = [importsInterface];
