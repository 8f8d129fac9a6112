/** `wasi:io/error` error: the reason why a stream failed. */
export class IoError {
  /** Where the stream is that of a file: its `wasi:filesystem/types` error-code. */
  readonly filesystemCode: string | undefined;
  readonly #reason: string;

  constructor(reason: string, filesystemCode?: string) {
    this.#reason = reason;
    this.filesystemCode = filesystemCode;
  }

  toDebugString(): string {
    return this.#reason;
  }
}
