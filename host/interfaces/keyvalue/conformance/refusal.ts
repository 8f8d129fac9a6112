import assert from 'node:assert/strict';
import { StoreError, storeErrorCases } from '../backends/backend.ts';

/** The reason of a `StoreError`; throws for anything else that is thrown, or nothing. */
export async function refusal(action: () => unknown): Promise<string> {
  try {
    await action();
  } catch (error) {
    if (error instanceof StoreError && !isOfAccess(error)) return error.message;
    throw error;
  }
  assert.fail('it was not refused');
}

/** What is said of a bucket, and not of what is to be done in it. */
function isOfAccess({ case: name }: StoreError): boolean {
  return name === 'no-such-store' || name === 'access-denied';
}

/** Throws unless a reason tells its reader this. Where a component's interface has names of errors, there are no words with them. */
export function assertTells(reason: string, part: string | number): void {
  if (storeErrorCases.some((name) => name === reason)) return;
  assert.ok(reason.includes(String(part)), `the reason does not tell of ${part}: ${reason}`);
}
