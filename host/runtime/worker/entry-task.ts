import type { TaskOwner } from '../../engine/async/task.ts';
import type { Done } from '../../engine/link/entry-call.ts';
import type { Fail, Returned } from './call-end.ts';

/** The task of a call of an asynchronous entry: done when its task has ended, and what it answered is not needed any more. */
export class EntryTask implements TaskOwner {
  readonly origin: unknown;
  readonly failed: Fail;
  readonly #done: Done;
  readonly #returned: Returned | undefined;
  #left = 2;

  /** @param returned takes what it answers; absent where nothing is done with that */
  constructor(done: Done, failed: Fail, returned: Returned | undefined, origin: unknown) {
    this.#done = done;
    this.failed = failed;
    this.#returned = returned;
    this.origin = origin;
  }

  returned(result: unknown): void {
    if (this.#returned === undefined) this.#over();
    else this.#returned(result, this.#over);
  }

  cancelled(): void {
    this.#over();
  }

  ended(): void {
    this.#over();
  }

  readonly #over = (): void => {
    this.#left -= 1;
    if (this.#left === 0) this.#done(false);
  };
}
