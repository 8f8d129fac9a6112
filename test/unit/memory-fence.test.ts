import { expect, test } from 'vitest';
import { MemoryFence } from '../../host/interfaces/keyvalue/shared-memory/memory-fence.ts';

test('a fenced thread may not use its buckets', () => {
  const front = new MemoryFence();
  const guest = new MemoryFence(front.buffer);
  expect(guest.enter(), 'the front has them at first').toBe(false);
  front.grant();
  expect(guest.enter()).toBe(true);
  guest.leave();
  front.revoke();
  expect(guest.enter()).toBe(false);
});
