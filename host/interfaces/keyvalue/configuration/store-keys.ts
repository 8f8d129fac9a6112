import * as v from 'valibot';
import { duration, oneOf, parsed, path, required, text } from '../../../settings/schema/schema-parts.ts';
import { parseNatsUrl, parseRedisUrl } from '../../../shared/server-url.ts';
import { MODULE_PATH } from './backend-settings.ts';
import { REFUSALS } from './refusals.ts';

/** A store for one identifier. */
export const bucketEntries = {
  backend: required(
    text(
      '`in_memory`, `filesystem`, `sqlite`, `redis`, `nats`, `postgres`, or the path of a module such as `./my-backend.ts`.',
    ),
  ),
  url: text(
    'Server, for `redis`, `nats` and `postgres`. Default: the one of `dev.wasi_keyvalue_*_url`, else this machine.',
  ),
  path: path(
    'Folder for `filesystem`, file for `sqlite`. Default: `.kvasi/state/files`, `.kvasi/state/kv.db`.',
  ),
  prefix: text('Text put in front of every key in the store. Default: none.'),
  ttl: duration(
    'How long a key lives after its last write, such as `60s` or `30d`; at most 36500 days. Default: for ever.',
  ),
  counters: oneOf(
    ['ascii', 'wash'],
    'How new counters are written: decimal digits (default), or 8 bytes as wash does.',
  ),
  seed: path(
    'JSON Lines file that fills the bucket when `kvasi dev` starts and the bucket is empty; of `default`, the buckets `default` and `""`. Default: none.',
  ),
};

/** A store as it is written. The entry of a module has keys of its own. */
const store = v.pipe(
  v.looseObject(bucketEntries),
  // For editors, in the words of JSON Schema.
  v.metadata({
    if: { properties: { backend: { pattern: MODULE_PATH.source } } },
    else: { propertyNames: { enum: Object.keys(bucketEntries) } },
  }),
);

/** The keys of `dev` that say where buckets are. */
export const storeKeys = {
  keyvalue: v.nullish(
    v.pipe(
      v.record(
        v.string(),
        v.union(
          [v.picklist(REFUSALS), store],
          '"deny", "no-such-store", or a section such as { backend: redis, url: "redis://127.0.0.1:6379" }',
        ),
        'a map of identifiers to stores',
      ),
      v.description(
        'Which store an identifier gets. `default` is the store of all that are not listed; `"*"` is what they get instead. `deny` answers access-denied. The entry of a module may have further keys, which are its options.',
      ),
    ),
  ),
  wasi_keyvalue_redis_url: parsed(
    parseRedisUrl,
    'Redis server that keeps the buckets. Wins over the three below.',
  ),
  wasi_keyvalue_nats_url: parsed(
    parseNatsUrl,
    'NATS server that keeps the buckets. Wins over the two below.',
  ),
  wasi_keyvalue_path: path('Folder that keeps the buckets as files. Wins over `data_nats_url`.'),
  data_nats_url: parsed(parseNatsUrl, 'NATS server for keyvalue, blobstore and messaging.'),
};

/** What a file says under these keys. */
export type WrittenStores = {
  readonly [Key in keyof typeof storeKeys]?: v.InferOutput<(typeof storeKeys)[Key]>;
};

export type WrittenStore = v.InferOutput<typeof store>;
