import type { Holdings } from '../../runtime/worker/holdings.ts';
import { BlobError } from './backends/backend.ts';

/** How many objects one request may read and write at a time. */
export const mostOpen = 256;

/** What a guest reads and writes at the moment: closed when it ends, if it has not done so. */
export class OpenThings {
  readonly #holdings: Holdings;
  #count = 0;

  constructor(holdings: Holdings) {
    this.#holdings = holdings;
  }

  /** Throws a `BlobError` where too much is open. Answers what is to be called when it is closed, once or more often. */
  add(close: () => void): () => void {
    if (this.#count >= mostOpen) {
      throw new BlobError(
        'other',
        `at most ${mostOpen} objects may be read and written at a time in one request`,
      );
    }
    this.#count += 1;
    let isOpen = true;
    const forget = (): void => {
      if (!isOpen) return;
      isOpen = false;
      this.#count -= 1;
    };
    const left = this.#holdings.keepOpen(() => {
      forget();
      close();
    });
    return () => {
      left();
      forget();
    };
  }
}
