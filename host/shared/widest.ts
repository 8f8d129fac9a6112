/** The length of the longest of the texts, however many there are; 0 where there is none. */
export function widest(texts: Iterable<string>): number {
  let most = 0;
  for (const { length } of texts) if (length > most) most = length;
  return most;
}
