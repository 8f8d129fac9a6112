import { settle, strongest } from '../../settings/choose.ts';
import { fileKey } from '../../settings/file-key.ts';
import type { Setting, Sources } from '../../settings/setting.ts';
import type { BackendSettings } from './configuration/backend-settings.ts';
import type { FileStores } from './configuration/read-stores.ts';
import type { storeKeys, WrittenStores } from './configuration/store-keys.ts';
import { formatRule, type KeyvalueSettings } from './configuration/store-rules.ts';

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
export const keyvalueSettings = [
  {
    name: 'keyvalue',
    explanation: 'Serve every identifier from this backend: `in_memory`, `redis://…`, `nats://…`.',
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
        if (backend !== undefined) return { default: backend, named: new Map(), others: backend };
      }
      for (const [name, place] of stores.origins) sources.origins.set(name, place);
      if (sources.file !== undefined && stores.modules.length > 0) {
        const { checkModules } = await import('./configuration/module-options.ts');
        await checkModules(stores.modules, sources.file.locate, sources.report);
      }
      return stores.keyvalue;
    },
    *show({ default: all, named, others }: KeyvalueSettings, origins) {
      yield ['keyvalue.default', formatRule(all)];
      for (const [name, rule] of named) yield [`keyvalue.named.${name}`, formatRule(rule)];
      if (origins.has('keyvalue.others')) yield ['keyvalue.others', formatRule(others)];
    },
  },
] as const satisfies readonly [Setting<'keyvalue', KeyvalueSettings>];

async function storesOfFile({ file, directory, report }: Sources): Promise<FileStores> {
  if (file === undefined) return NO_STORES;
  const written: WrittenStores = {
    keyvalue: file.written(keys.keyvalue),
    wasi_keyvalue_redis_url: file.written(keys.wasi_keyvalue_redis_url),
    wasi_keyvalue_nats_url: file.written(keys.wasi_keyvalue_nats_url),
    wasi_keyvalue_path: file.written(keys.wasi_keyvalue_path),
    data_nats_url: file.written(keys.data_nats_url),
  };
  const { readStores } = await import('./configuration/read-stores.ts');
  return readStores(written, directory, file.locate, report);
}
