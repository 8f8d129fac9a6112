import * as v from 'valibot';
import { StoreError } from './backend.ts';
import { defineBackend } from './definition.ts';
import { largestKey, largestValue } from './limits.ts';

/** Keeps buckets in Redis or Valkey, laid out as wash does. */
export const redis = defineBackend({
  name: 'redis',
  options: v.strictObject({ url: v.string() }),
  promises: {
    durable: true,
    shared: true,
    atomic: true,
    expiry: 'store',
    listing: 'unordered',
    largestKey,
    largestValue,
  },
  connect() {
    throw new StoreError('other', 'the redis backend is being written');
  },
});
