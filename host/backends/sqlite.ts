import * as v from 'valibot';
import { StoreError } from './backend.ts';
import { defineBackend } from './definition.ts';
import { largestKey, largestValue } from './limits.ts';

export const sqlite = defineBackend({
  name: 'sqlite',
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
    throw new StoreError('other', 'backend sqlite is being written');
  },
});
