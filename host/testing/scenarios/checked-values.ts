import { parseDuration } from '../../shared/duration.ts';
import { parseMoment } from '../../shared/moment.ts';
import type { Buckets } from './scenario.ts';

/** Buckets as a file writes them, each value read. */
export function bucketsOf<G, V>(
  given: Readonly<Record<string, Readonly<Record<string, G>>>> | null | undefined,
  read: (value: G) => V,
): Buckets<V> {
  return new Map(
    Object.entries(given ?? {}).map(([bucket, entries]) => [
      bucket,
      new Map(Object.entries(entries).map(([key, value]) => [key, read(value)])),
    ]),
  );
}

/** A duration that the schema has checked. */
export function milliseconds(given: string | number): number {
  const result = parseDuration(given);
  if ('expected' in result) throw new TypeError(`${given} was not checked`);
  return result.value;
}

/** A moment that the schema has checked. */
export function moment(given: string): Date {
  const result = parseMoment(given);
  if ('expected' in result) throw new TypeError(`${given} was not checked`);
  return result.value;
}
