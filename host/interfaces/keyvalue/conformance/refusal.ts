import assert from 'node:assert/strict';
import { StoreError } from '../backends/backend.ts';

/** The reason of a `StoreError`; throws for anything else that is thrown, or nothing. */
export async function refusal(action: () => unknown): Promise<string> {
  try {
    await action();
  } catch (error) {
    if (error instanceof StoreError && error.case === 'other') return error.message;
    throw error;
  }
  assert.fail('it was not refused');
}

/** Throws unless a reason tells its reader this. */
export function assertTells(reason: string, part: string | number): void {
  assert.ok(reason.includes(String(part)), `the reason does not tell of ${part}: ${reason}`);
}
