import { settle, strongest } from '../../settings/choose.ts';
import { fileKey } from '../../settings/file-key.ts';
import { type HostInterfaceEntry, hostInterfacesOf } from '../../settings/host-interfaces-setting.ts';
import type { Setting, Sources } from '../../settings/setting.ts';
import type { BackendSettings } from './configuration/backend-settings.ts';
import type { FileStores } from './configuration/read-stores.ts';
import type { storeKeys, WrittenStores } from './configuration/store-keys.ts';
import { formatRule, type KeyvalueSettings, withDefault } from './configuration/store-rules.ts';
import { keyvaluePackages } from './packages.ts';

const IN_MEMORY: BackendSettings = { kind: 'in_memory' };
const NO_STORES: FileStores = {
  keyvalue: { default: IN_MEMORY, named: new Map(), others: IN_MEMORY },
  origins: new Map(),
  places: {},
  modules: [],
};

const key = <Name extends keyof typeof storeKeys>(name: Name) =>
  fileKey(`dev.${name}`, async () => (await import('./configuration/store-keys.ts')).storeKeys[name]);

const keys = {
  keyvalue: key('keyvalue'),
  wasi_keyvalue_redis_url: key('wasi_keyvalue_redis_url'),
  wasi_keyvalue_nats_url: key('wasi_keyvalue_nats_url'),
  wasi_keyvalue_path: key('wasi_keyvalue_path'),
  data_nats_url: key('data_nats_url'),
};

const places = {
  variable: 'KVASI_BACKEND',
  flag: { name: '--backend', takes: 'name|url' },
} as const;

/** Which store serves which identifier: what the file says, unless the flag or the variable takes all. */
export const settings = [
  {
    name: 'keyvalue',
    explanation:
      'Serve every identifier from this backend: `in_memory`, `redis://…`, `nats://…`, `postgres://…`.',
    fallback: '`in_memory`',
    keys: Object.values(keys),
    ...places,
    async resolve(sources): Promise<KeyvalueSettings> {
      const stores = await storesOfFile(sources);
      const given = strongest(sources, { ...places, keys: [] });
      if (given === undefined) sources.origins.set('keyvalue.default', 'default');
      else {
        const { parseBackend } = await import('./configuration/backend-settings.ts');
        const backend = settle(sources, 'keyvalue.default', given, (text, base) =>
          parseBackend(text, base, stores.places),
        );
        // It says nothing of labels: these are there to have stores of their own.
        const { labels } = stores.keyvalue;
        for (const [name, place] of stores.origins)
          if (name.startsWith('keyvalue.labels.')) sources.origins.set(name, place);
        if (backend !== undefined) {
          const all = { default: backend, named: new Map(), others: backend };
          return labels === undefined ? all : { ...all, labels };
        }
      }
      for (const [name, place] of stores.origins) sources.origins.set(name, place);
      if (sources.file !== undefined && stores.modules.length > 0) {
        const { checkModules } = await import('./configuration/module-options.ts');
        await checkModules(stores.modules, sources.file.locate, sources.report);
      }
      return stores.keyvalue;
    },
    *show({ default: all, named, others, labels }: KeyvalueSettings, origins) {
      yield ['keyvalue.default', formatRule(all)];
      for (const [name, rule] of named) yield [`keyvalue.named.${name}`, formatRule(rule)];
      if (origins.has('keyvalue.others')) yield ['keyvalue.others', formatRule(others)];
      for (const [label, store] of labels ?? []) yield [`keyvalue.labels.${label}`, formatRule(store)];
    },
  },
] as const satisfies readonly [Setting<'keyvalue', KeyvalueSettings>];

async function storesOfFile(sources: Sources): Promise<FileStores> {
  const { file, directory, report } = sources;
  if (file === undefined) return NO_STORES;
  const written: WrittenStores = {
    keyvalue: file.written(keys.keyvalue),
    wasi_keyvalue_redis_url: file.written(keys.wasi_keyvalue_redis_url),
    wasi_keyvalue_nats_url: file.written(keys.wasi_keyvalue_nats_url),
    wasi_keyvalue_path: file.written(keys.wasi_keyvalue_path),
    data_nats_url: file.written(keys.data_nats_url),
  };
  const { readStores } = await import('./configuration/read-stores.ts');
  const stores = readStores(written, directory, file.locate, report);
  const entries = hostInterfacesOf(sources);
  return entries.length === 0 ? stores : await withLabels(stores, entries, sources);
}

/** What a file says of stores, with what its entries of `dev.host_interfaces` say. */
async function withLabels(
  stores: FileStores,
  entries: readonly HostInterfaceEntry[],
  { file, directory, report }: Sources,
): Promise<FileStores> {
  if (file === undefined) return stores;
  const { labelledStores } = await import('./configuration/labelled-stores.ts');
  const { labels, unlabelled, modules } = labelledStores(entries, directory, file.locate, report);
  const origins = new Map(stores.origins);
  for (const { package: owner, label, index } of entries.toReversed()) {
    if (label === undefined || !Object.hasOwn(keyvaluePackages, owner)) continue;
    origins.set(`keyvalue.labels.${label}`, file.locate(['dev', 'host_interfaces', index], 'key'));
  }
  const all = { ...stores, origins, modules: [...stores.modules, ...modules] };
  const keyvalue = labels.size === 0 ? stores.keyvalue : { ...stores.keyvalue, labels };
  if (unlabelled === undefined) return { ...all, keyvalue };
  const { store, entry } = unlabelled;
  if (stores.keyvalue.named.get('default') === stores.keyvalue.default) {
    const at = file.locate(['dev', 'keyvalue', 'default'], 'key');
    report.warn(
      `${at}: dev.keyvalue.default has no effect: dev.host_interfaces[${entry.index}] says where its buckets are.`,
    );
  }
  origins.set('keyvalue.default', file.locate(['dev', 'host_interfaces', entry.index], 'key'));
  return { ...all, keyvalue: withDefault(keyvalue, store) };
}
