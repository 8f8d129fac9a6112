import type { KeyPath } from '../../settings/file/parsed-file.ts';
import { differenceOf, shownBytes, type WantedBytes, written, writtenLike } from './bytes.ts';
import type { Difference } from './difference.ts';

/** Where a bucket does not hold what is expected, and nothing else. Keys are looked at in their order. */
export function checkBucket(
  bucket: string,
  expected: ReadonlyMap<string, WantedBytes>,
  actual: ReadonlyMap<string, Uint8Array>,
  at: KeyPath,
): Difference[] {
  const differences: Difference[] = [];
  for (const [key, wanted] of expected) {
    const path = [...at, key];
    const subject = `after, bucket ${JSON.stringify(bucket)}, key ${JSON.stringify(key)}`;
    const value = actual.get(key);
    if (value === undefined) {
      const correction = { path, value: undefined };
      differences.push({ at: path, subject, text: 'is not there', correction });
      continue;
    }
    const text = differenceOf(wanted, value);
    if (text === undefined) continue;
    const correction = { path, value: writtenLike(wanted, value) };
    differences.push({ at: path, subject, text: `differs\n${text}`, correction });
  }
  const more = [...actual].filter(([key]) => !expected.has(key)).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [key, value] of more) {
    const subject = `after, bucket ${JSON.stringify(bucket)}, key ${JSON.stringify(key)}`;
    const correction = { path: [...at, key], value: written(value) };
    differences.push({ at, subject, text: `was not expected\nactual:   ${shownBytes(value)}`, correction });
  }
  return differences;
}
