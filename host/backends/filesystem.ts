import * as v from 'valibot';
import { StoreError } from './backend.ts';
import { defineBackend } from './definition.ts';
import { largestKey, largestValue } from './limits.ts';

export const filesystem = defineBackend({
  name: 'filesystem',
  options: v.strictObject({ path: v.string() }),
  promises: {
    durable: true,
    shared: true,
    atomic: true,
    expiry: 'host',
    listing: 'ordered',
    largestKey,
    largestValue,
  },
  connect() {
    throw new StoreError('other', 'backend filesystem is being written');
  },
});
