import { reasonOf } from '../../../shared/host-error.ts';
import type { ChangeListener, StopWatching } from './backend.ts';

/** Of so many keys in a bucket changes are looked for. */
export const mostWatchedKeys = 100_000;
/** A look may take one part in so many of the time. */
const share = 20;

/** The keys of a bucket, each with what differs between any two writes of it. */
export type Look = ReadonlyMap<string, string>;

/** Looks at a bucket. Answers undefined where nothing has changed since the last look. */
type LookAt = () => Look | undefined;

/**
 * Tells of what differs between two looks at a bucket. Where a look takes long, the next one comes later, so that watching takes at most
 * a twentieth of the time. A look that fails is made again.
 *
 * @param every milliseconds between two looks
 */
export function watchByLooks(look: LookAt, every: number, told: ChangeListener): StopWatching {
  let before: Look = look() ?? new Map();
  let failure: string | undefined;
  let timer: NodeJS.Timeout;
  const isTooMuch = (): boolean => {
    if (before.size <= mostWatchedKeys) return false;
    told.failed(`it holds more than ${mostWatchedKeys} keys, so changes in it are not told`);
    return true;
  };
  const next = (): void => {
    const started = performance.now();
    try {
      const now = look();
      failure = undefined;
      if (now !== undefined) {
        const then = before;
        before = now;
        if (isTooMuch()) return;
        for (const [key, version] of now) if (then.get(key) !== version) told.changed(key);
        for (const key of then.keys()) if (!now.has(key)) told.changed(key);
      }
    } catch (error) {
      const reason = reasonOf(error);
      if (reason !== failure) told.failed(`${reason}, so changes are told once it can be read again`);
      failure = reason;
    }
    wait(performance.now() - started);
  };
  const wait = (took: number): void => {
    timer = setTimeout(next, Math.max(every, share * took)).unref();
  };
  if (!isTooMuch()) wait(0);
  return () => clearTimeout(timer);
}
