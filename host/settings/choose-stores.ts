import { parseBackend } from './backend.ts';
import { type Context, choose } from './choose.ts';
import type { FileStores } from './keyvalue.ts';
import type { BackendSettings, IdentifierRule, KeyvalueSettings } from './settings.ts';

const IN_MEMORY: BackendSettings = { kind: 'in_memory' };
const NO_STORES: FileStores = {
  keyvalue: { default: IN_MEMORY, named: new Map(), others: IN_MEMORY },
  origins: new Map(),
  places: {},
  modules: [],
};

/** Which store serves which identifier: what the file says, unless `--backend` or `KVASI_BACKEND` takes all. */
export async function chooseStores(context: Context): Promise<KeyvalueSettings> {
  const { directory, flags, loaded, report, origins } = context;
  const dev = loaded?.config?.dev;
  const stores =
    loaded && dev
      ? (await import('./keyvalue.ts')).readStores(dev, directory, loaded.locate, report)
      : NO_STORES;
  const backend = choose(context, 'keyvalue.default', {
    flag: [flags.backend, '--backend'],
    variable: 'KVASI_BACKEND',
    keys: [],
    parse: (text, base) => parseBackend(text, base, stores.places),
  });
  const keyvalue = backend
    ? { default: backend, named: new Map<string, IdentifierRule>(), others: backend }
    : stores.keyvalue;
  if (!backend && loaded && stores.modules.length > 0) {
    const { checkModules } = await import('./module-options.ts');
    await checkModules(stores.modules, loaded.locate, report);
  }
  for (const [name, place] of backend ? [] : stores.origins) origins.set(name, place);
  return keyvalue;
}
