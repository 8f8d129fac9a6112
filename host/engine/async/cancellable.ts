/** What a function of the host answers that the guest may break off, such as a timer. */
export class Cancellable<T> {
  readonly promise: Promise<T>;
  /** Breaks it off: the promise does not matter any more, and nothing has come of the call. */
  readonly cancel: () => void;

  constructor(promise: Promise<T>, cancel: () => void) {
    this.promise = promise;
    this.cancel = cancel;
  }
}
