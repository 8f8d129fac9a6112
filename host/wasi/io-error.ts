/** `wasi:io/error` error: the reason why a stream failed. */
export class IoError {
  readonly #reason: string;

  constructor(reason: string) {
    this.#reason = reason;
  }

  toDebugString(): string {
    return this.#reason;
  }
}
