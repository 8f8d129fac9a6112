import * as v from 'valibot';
import { defineBackend } from '../definition.ts';
import { largestKey, largestValue } from '../limits.ts';
import { InMemoryBackend } from './in-memory.ts';

/** Keeps buckets in the process. Where threads and the inspector are to see the same data, the host lends them one of these. */
export const memory = defineBackend({
  name: 'in_memory',
  options: v.strictObject({}),
  capabilities: {
    durable: false,
    shared: false,
    atomic: true,
    expiry: 'host',
    keyTtl: true,
    watch: { others: false, ends: false, gaps: true, every: 0 },
    listing: 'ordered',
    largestKey,
    largestValue,
  },
  connect: (_options, { now }) => new InMemoryBackend({ now }),
});
