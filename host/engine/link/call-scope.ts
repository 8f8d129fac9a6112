import { trap } from '../guest-trap.ts';

/** Who gets back what it lent. */
export interface Lender {
  /** A call for which a handle was lent has ended. */
  giveBack(handle: number): void;
}

/** What one guest lends another for a call. */
export class CallScope {
  readonly #lender: Lender;
  readonly #lent: number[] = [];
  /** Handles of what is lent that the other guest has not dropped. */
  borrows = 0;

  constructor(lender: Lender) {
    this.#lender = lender;
  }

  lent(handle: number): void {
    this.#lent.push(handle);
  }

  /** The call is about to return. Traps where something borrowed is still held. */
  end(): void {
    if (this.borrows > 0) trap('a call returned with borrowed handles that were not dropped');
  }

  /** What was lent is the lender's again. */
  giveBack(): void {
    for (const handle of this.#lent) this.#lender.giveBack(handle);
  }
}
