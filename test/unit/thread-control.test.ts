import { expect, test } from 'vitest';
import { ThreadControl } from '../../host/runtime/worker/thread-control.ts';

test('requests that were not begun are taken back, and the thread skips them', () => {
  const front = new ThreadControl();
  const guest = new ThreadControl(front.buffer);
  expect(guest.begin(1)).toBe(true);
  expect(guest.begin(2)).toBe(true);
  expect(front.revoke()).toBe(2);
  expect(guest.begin(3)).toBe(false);
});

test('nothing has been begun by a thread that was never asked', () => {
  const front = new ThreadControl();
  expect(front.revoke()).toBe(0);
  expect(new ThreadControl(front.buffer).begin(1)).toBe(false);
});
