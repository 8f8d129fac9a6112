import { parseBackend } from './backend.ts';
import { type Context, choose } from './choose.ts';
import { NO_STORES, readStores } from './keyvalue.ts';
import type { IdentifierRule, KeyvalueSettings } from './settings.ts';

/** Which store serves which identifier: what the file says, unless `--backend` or `KVASI_BACKEND` takes all. */
export function chooseStores(context: Context): KeyvalueSettings {
  const { directory, flags, loaded, report, origins } = context;
  const dev = loaded?.config?.dev;
  const stores = loaded && dev ? readStores(dev, directory, loaded.locate, report) : NO_STORES;
  const backend = choose(context, 'keyvalue.default', {
    flag: [flags.backend, '--backend'],
    variable: 'KVASI_BACKEND',
    keys: [],
    parse: (text, base) => parseBackend(text, base, stores.places),
  });
  const keyvalue = backend
    ? { default: backend, named: new Map<string, IdentifierRule>(), others: backend }
    : stores.keyvalue;
  for (const [name, place] of backend ? [] : stores.origins) origins.set(name, place);
  return keyvalue;
}
