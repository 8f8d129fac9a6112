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

/**
 * What to write in place of a word that there is not: the nearest of those that there are.
 * @param otherwise the advice where none is near enough. Default: all of them
 */
export function nearestAdvice(word: string, known: Iterable<string>, otherwise?: string): string {
  const near = nearest(word, known);
  if (near !== undefined) return `Did you mean ${near}?`;
  return otherwise ?? `Those it knows are ${[...known].join(', ')}.`;
}

// wash writes some keys in snake_case and some in camelCase; mixing them up is no distance at all.
const normalized = (word: string): string => word.toLowerCase().replaceAll(/[-_]/g, '');
