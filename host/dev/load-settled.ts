import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** How often a file that is being written is tried, in milliseconds. */
const tryInterval = 50;
/** A file that has not changed for this long is not being written any more, in milliseconds. */
const settleTime = 300;

/** Loads files that may be in the middle of being written: what `load` throws counts once they rest. */
export async function loadSettled<T>(
  paths: readonly string[],
  load: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  let stamp = await stampOf(paths);
  let restsSince = performance.now();
  for (;;) {
    const attempt = await load().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    const next = await stampOf(paths);
    if (next !== stamp) {
      stamp = next;
      restsSince = performance.now();
    } else if ('value' in attempt) {
      return attempt.value;
    } else if (performance.now() - restsSince >= settleTime) {
      throw attempt.error;
    }
    await sleep(tryInterval, undefined, { signal });
  }
}

async function stampOf(paths: readonly string[]): Promise<string> {
  return (await Promise.all(paths.map(stampOfFile))).join(' ');
}

async function stampOfFile(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs } = await stat(path, { bigint: true });
    return `${ino} ${size} ${mtimeNs}`;
  } catch {
    return 'none';
  }
}
