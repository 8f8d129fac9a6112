/**
 * The host reads what a guest may have written already: where that turns out to be wrong, it is the guest that ends, and not whoever reads.
 *
 * @param shared the stream or future
 */
export function hostReads(shared: { refuse?(thrown: unknown): void }, read: () => void): void {
  try {
    read();
  } catch (thrown) {
    if (shared.refuse === undefined) throw thrown;
    shared.refuse(thrown);
  }
}
