import { formatPath, type KeyPath, type Locate } from '../file/parsed-file.ts';
import type { Report } from '../report.ts';
import { isPlainMap } from '../shown-value.ts';

/**
 * Finds what escapes such as `"\ud800"` make and no UTF-8 can hold: it would be replaced by another character wherever
 * it goes. Answers whether there is none. The data must not contain itself.
 */
export function checkTexts(data: unknown, locate: Locate, report: Report): boolean {
  let isRight = true;
  const complain = (path: KeyPath, part: 'key' | 'value'): void => {
    isRight = false;
    report.problem(
      () =>
        `${locate(path, part)}: ${formatPath(path)} has half of a surrogate pair in its ${part}, which is no text. Write the whole character, or bytes as base64.`,
    );
  };
  const walk = (value: unknown, path: KeyPath): void => {
    if (typeof value === 'string' && !value.isWellFormed()) complain(path, 'value');
    if (!Array.isArray(value) && !isPlainMap(value)) return;
    for (const [key, child] of Object.entries(value)) {
      const here = [...path, Array.isArray(value) ? Number(key) : key];
      if (!key.isWellFormed()) complain(here, 'key');
      walk(child, here);
    }
  };
  walk(data, []);
  return isRight;
}
