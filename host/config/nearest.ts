import leven from 'leven';

/** Longer words are no slips, and comparing them takes long. */
const longestWord = 100;

/** The candidate that is most like `word`, or undefined where none is near enough to be a slip. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > longestWord) return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = leven(normalized(word), normalized(candidate));
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

// wash writes some keys in snake_case and some in camelCase; mixing them up is no distance at all.
const normalized = (word: string): string => word.toLowerCase().replaceAll(/[-_]/g, '');
