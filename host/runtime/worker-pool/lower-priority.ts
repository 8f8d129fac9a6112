import { setPriority } from 'node:os';

/** The lowest priority that there is. */
const lowest = 19;

/**
 * Lets a thread run where no other wants the processor. Only Linux has priorities of threads; elsewhere, and where that fails, nothing
 * happens.
 *
 * @param systemId the thread's, of the system; 0 where it is not known
 */
export function lowerPriority(systemId: number): void {
  if (systemId === 0) return;
  try {
    setPriority(systemId, lowest);
  } catch {
    // It has ended.
  }
}
