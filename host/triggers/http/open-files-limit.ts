import { readFile } from 'node:fs/promises';

/** How many files and connections this process may have open; infinite where that is not known. */
export async function openFilesLimit(): Promise<number> {
  // Only Linux tells without a further process. Node raises the soft limit to the hard one when it starts.
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const [, soft] = /^Max open files +(\d+)/m.exec(limits) ?? [];
  return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
}
