import { Redis } from 'ioredis';
import type { BareStore } from './bare-store.ts';

/** ioredis with its default settings. */
export function redisStore(url: string): BareStore {
  const redis = new Redis(url);
  return {
    get: async (key) => (await redis.getBuffer(key)) ?? undefined,
    set: async (key, value) => {
      await redis.set(key, Buffer.from(value));
    },
    increment: (key) => redis.incr(key),
  };
}
