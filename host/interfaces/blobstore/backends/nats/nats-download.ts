import type { NatsConnection } from '../../../keyvalue/backends/nats/nats-connection.ts';
import { BlobError, type Download } from '../backend.ts';

/** Where the chunks of an object are. */
export interface ObjectChunks {
  readonly stream: string;
  /** Of all chunks. */
  readonly subject: string;
  /** In bytes. */
  readonly size: number;
}

/**
 * Reads an object chunk by chunk, each when it is asked for. The chunks go when the object is replaced or deleted; what is read then
 * fails, and nothing that is read is of another object.
 */
export class NatsDownload implements Download {
  readonly size: number;
  readonly length: number;
  readonly #connection: NatsConnection;
  readonly #chunks: ObjectChunks;
  readonly #failed: (error: unknown) => BlobError;
  readonly #start: number;
  readonly #end: number;
  /** Where the next chunk begins. */
  #position = 0;
  #sequence = 1;
  #isClosed = false;

  constructor(
    connection: NatsConnection,
    chunks: ObjectChunks,
    start: number,
    end: number,
    failed: (error: unknown) => BlobError,
  ) {
    this.#connection = connection;
    this.#chunks = chunks;
    this.#failed = failed;
    this.size = chunks.size;
    this.#start = Math.min(start, this.size);
    this.#end = Math.min(end, this.size);
    this.length = this.#end - this.#start;
  }

  async read(): Promise<Uint8Array | undefined> {
    if (this.length === 0) return undefined;
    while (this.#position < this.#end && !this.#isClosed) {
      const chunk = await this.#next();
      const from = Math.max(this.#start - this.#position, 0);
      const to = Math.min(this.#end - this.#position, chunk.length);
      this.#position += chunk.length;
      // A copy: the client's array is a part of what came over the network.
      if (from < to) return chunk.slice(from, to);
    }
    return undefined;
  }

  close(): void {
    this.#isClosed = true;
  }

  async #next(): Promise<Uint8Array> {
    const { stream, subject } = this.#chunks;
    try {
      const message = await this.#connection.during(
        this.#connection.link.deadline(),
        async ({ manager }) =>
          await manager.direct.getMessage(stream, { seq: this.#sequence, next_by_subj: subject }),
      );
      if (message === null || message.data.length === 0) throw gone();
      this.#sequence = message.seq + 1;
      return message.data;
    } catch (error) {
      throw this.#failed(error);
    }
  }
}

function gone(): BlobError {
  return new BlobError('other', 'the object was replaced or deleted while it was read');
}
