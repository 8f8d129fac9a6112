import { Writable } from 'node:stream';

/** A stream that keeps what is written, as a terminal of 50 columns or as none. */
export class KeptStream extends Writable {
  readonly isTTY: boolean;
  readonly columns = 50;
  #bytes = Buffer.alloc(0);

  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }

  get bytes(): Buffer {
    return this.#bytes;
  }

  get text(): string {
    return this.#bytes.toString();
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    done();
  }
}
