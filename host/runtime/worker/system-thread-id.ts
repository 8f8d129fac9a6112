import { readlinkSync } from 'node:fs';

/** The number that the system gave to this thread; 0 where the system does not tell (all but Linux). */
export function systemThreadId(): number {
  try {
    return Number(readlinkSync('/proc/thread-self').split('/').at(-1));
  } catch {
    return 0;
  }
}
