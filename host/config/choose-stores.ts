import { parseBackend } from './backend.ts';
import { type Context, choose } from './choose.ts';
import { NO_STORES, readStores } from './keyvalue.ts';
import { isServed, notServedBackend } from './not-served-yet.ts';
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
  const keys = new Map<string, string>();
  for (const [name, { place, key }] of backend ? [] : stores.origins) {
    origins.set(name, place);
    keys.set(name, `${place}: ${key}`);
  }

  const rules = [
    ['default', keyvalue.default],
    ['others', keyvalue.others],
  ] as const;
  const named = [...keyvalue.named].map(([name, rule]) => [`named.${name}`, rule] as const);
  for (const [name, rule] of [...rules, ...named]) {
    const where = keys.get(`keyvalue.${name}`) ?? origins.get(`keyvalue.${name}`);
    if (where === undefined || typeof rule === 'string' || isServed(rule)) continue;
    report.warn(notServedBackend(where, rule.kind));
  }
  return keyvalue;
}
