import { setTimeout as sleep } from 'node:timers/promises';

/** The longest that a retry waits, in milliseconds. */
const longestWait = 50;

/**
 * Waits before a compare-and-swap is tried again that another write came before: a random time, so that those who met once do
 * not meet again, and a longer one after each attempt.
 * @param attempt counted from 0
 */
export async function backOff(attempt: number): Promise<void> {
  await sleep(Math.random() * Math.min(longestWait, 2 ** attempt));
}
