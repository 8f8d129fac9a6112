/** What the error of a stream is in the interface that the stream is of. */
interface OwnCodes {
  /** Where the stream is that of a file: its `wasi:filesystem/types` error-code. */
  readonly filesystem?: string;
  /** Where it is that of a body: its `wasi:http/types` error-code. */
  readonly http?: unknown;
}

/** `wasi:io/error` error: the reason why a stream failed. */
export class IoError {
  readonly codes: OwnCodes;
  readonly #reason: string;

  constructor(reason: string, codes: OwnCodes = {}) {
    this.#reason = reason;
    this.codes = codes;
  }

  toDebugString(): string {
    return this.#reason;
  }
}
