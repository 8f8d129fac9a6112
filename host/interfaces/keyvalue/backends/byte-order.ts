/**
 * Compares two strings by their UTF-8 bytes, which is the order of code points. JavaScript's own order is by
 * UTF-16 units and differs where surrogates meet U+E000…U+FFFF.
 */
export function compareByBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const x = a.charCodeAt(index);
    const y = b.charCodeAt(index);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above every other UTF-16 unit. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** The index of the first of the sorted keys that begin with `prefix` and stand behind `after`, if there are any. */
export function startOf(sorted: readonly string[], after: string | undefined, prefix: string): number {
  const isWithin = after !== undefined && compareByBytes(after, prefix) >= 0;
  if (isWithin) return indexAfter(sorted, after);
  const index = indexAfter(sorted, prefix);
  return index > 0 && sorted[index - 1] === prefix ? index - 1 : index;
}

/** The index of the first of the sorted keys that stands behind `key`, which itself need not be there any more. */
function indexAfter(sorted: readonly string[], key: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareByBytes(sorted[middle] ?? '', key) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
