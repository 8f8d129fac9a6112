/** A bucket that a component watches. */
export interface WatchRule {
  /** What it passes to `open`, or the address of a bucket behind a label. */
  readonly bucket: string;
  /** What the keys begin with that it is told of. Empty: all. */
  readonly prefix: string;
}

/** How many buckets one component may watch. */
export const mostWatched = 100;

/**
 * Reads `watches` of the configuration of a component: buckets with commas between them, each perhaps with the beginning of its keys behind
 * it: `visits, sessions user:*, @cache/pages`. What can't be read is told, and left out.
 */
export function watchRules(text: string | undefined, tell: (text: string) => void): WatchRule[] {
  const items = (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  const rules = new Map<string, WatchRule>();
  for (const item of items) {
    const [, bucket, keys] = /^(\S+)(?:\s+(\S*)\*)?$/.exec(item) ?? [];
    if (bucket === undefined)
      tell(
        `watches names ${JSON.stringify(item)}; expected a bucket, or a bucket and the beginning of keys with * behind it`,
      );
    else if (rules.size === mostWatched)
      tell(`watches names more than ${mostWatched} buckets; ${bucket} is left out`);
    else rules.set(item, { bucket, prefix: keys ?? '' });
  }
  return [...rules.values()];
}
