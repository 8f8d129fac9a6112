import type { BucketSettings, ChangeListener, StopWatching } from '../backend.ts';
import { defineBackend } from '../definition.ts';
import { largestKey, largestValue } from '../limits.ts';
import { RedisBucket } from './redis-bucket.ts';
import { createClient, redisOptions } from './redis-client.ts';
import { RedisConnection } from './redis-connection.ts';
import { bucketPrefix } from './redis-keys.ts';
import { listBuckets } from './redis-listing.ts';

/** Keeps buckets in Redis or Valkey, laid out as wash does: with labels it leaves their names out. A time to live needs Redis 7 or Valkey. */
export const redis = defineBackend({
  name: 'redis',
  options: redisOptions,
  capabilities: {
    durable: true,
    shared: true,
    atomic: true,
    expiry: 'store',
    keyTtl: true,
    watch: { others: true, ends: true, gaps: false, every: 0 },
    listing: 'unordered',
    largestKey,
    largestValue,
  },
  connect(options, context) {
    const connection = new RedisConnection(createClient(options, context.operationTimeout), context);
    const watch = async (start: string, told: ChangeListener): Promise<StopWatching> => {
      const { watchKeys } = await import('./redis-watch.ts');
      return await watchKeys(options, context, start, told);
    };
    const open = (bucket: string, settings: BucketSettings): RedisBucket =>
      new RedisBucket(connection, options.isFlat === true ? '' : bucketPrefix(bucket), settings, watch);
    return {
      open,
      removeBucket: (bucket) => open(bucket, {}).removeAll(),
      // All that is there is one bucket, whatever it is called.
      buckets: (start) => (options.isFlat === true ? [''] : listBuckets(connection, start)),
      close: () => connection.close(),
    };
  },
});
