import * as v from 'valibot';
import { StoreError } from './backend.ts';
import { defineBackend } from './definition.ts';
import { largestKey, largestValue } from './limits.ts';

/** Keeps buckets in NATS JetStream, laid out as wash does. */
export const nats = defineBackend({
  name: 'nats',
  options: v.strictObject({ url: v.string() }),
  promises: {
    durable: true,
    shared: true,
    atomic: true,
    expiry: 'store',
    listing: 'ordered',
    largestKey,
    largestValue,
  },
  connect() {
    throw new StoreError('other', 'the nats backend is being written');
  },
});
