import type { MaybePromise } from '../../../shared/maybe-promise.ts';
import type { Bucket, KeyPage } from '../backends/backend.ts';
import { unknownCursor } from '../backends/cursor.ts';

/** What of a store's page has not been given out. */
interface Rest {
  readonly keys: readonly string[];
  readonly cursor: string | undefined;
}

/** No cursor of a store begins with it. */
const mark = '~rest ';

/** Gives out a store's pages of keys in smaller ones. */
export class SmallPages {
  readonly #rests = new Map<string, Rest>();
  #last = 0;

  /** @param pageSize undefined: the pages of the store */
  page(
    store: Bucket,
    cursor: string | undefined,
    pageSize: number | undefined,
    prefix?: string,
  ): MaybePromise<KeyPage> {
    if (cursor?.startsWith(mark)) {
      const rest = this.#rests.get(cursor);
      if (rest === undefined) throw unknownCursor(cursor);
      return this.#cut(rest, pageSize);
    }
    const page = store.listKeys(cursor, prefix);
    if (pageSize === undefined) return page;
    return page instanceof Promise
      ? page.then((full) => this.#cut(full, pageSize))
      : this.#cut(page, pageSize);
  }

  #cut({ keys, cursor }: Rest, pageSize: number | undefined): KeyPage {
    if (pageSize === undefined || keys.length <= pageSize) return { keys, cursor };
    this.#last += 1;
    const next = mark + this.#last;
    this.#rests.set(next, { keys: keys.slice(pageSize), cursor });
    return { keys: keys.slice(0, pageSize), cursor: next };
  }
}
