/** `wasi:http/types@0.3.0` request-options; durations in nanoseconds. */
export class RequestOptions {
  #connect: bigint | undefined;
  #firstByte: bigint | undefined;
  #betweenBytes: bigint | undefined;
  #isImmutable = false;

  getConnectTimeout(): bigint | undefined {
    return this.#connect;
  }

  setConnectTimeout(duration: bigint | undefined): void {
    this.#checkWrite();
    this.#connect = duration;
  }

  getFirstByteTimeout(): bigint | undefined {
    return this.#firstByte;
  }

  setFirstByteTimeout(duration: bigint | undefined): void {
    this.#checkWrite();
    this.#firstByte = duration;
  }

  getBetweenBytesTimeout(): bigint | undefined {
    return this.#betweenBytes;
  }

  setBetweenBytesTimeout(duration: bigint | undefined): void {
    this.#checkWrite();
    this.#betweenBytes = duration;
  }

  clone(): RequestOptions {
    const copy = new RequestOptions();
    copy.#connect = this.#connect;
    copy.#firstByte = this.#firstByte;
    copy.#betweenBytes = this.#betweenBytes;
    return copy;
  }

  /** From here on changes throw `immutable`: the options belong to a request. */
  freeze(): this {
    this.#isImmutable = true;
    return this;
  }

  #checkWrite(): void {
    if (this.#isImmutable) throw { tag: 'immutable' };
  }
}
