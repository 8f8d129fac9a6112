import { createHash } from 'node:crypto';
import { nuid } from '@nats-io/transport-node';
import type { Session } from '../../../keyvalue/backends/nats/nats-connection.ts';
import type { ObjectId, Upload } from '../backend.ts';
import { chunkSubject, requireAck, writeMeta } from './nats-meta.ts';
import { storedName, storeOf, storePrefix } from './nats-names.ts';

/** How a message of the client is sent. */
export type During = <T>(act: (session: Session) => Promise<T>) => Promise<T>;

/** Publishes chunks, of which nobody knows until the object's own message says so. */
export class NatsUpload implements Upload {
  readonly #id: ObjectId;
  readonly #store: string;
  readonly #chunkSize: number;
  readonly #during: During;
  readonly #now: () => number;
  readonly #nuid = nuid.next();
  readonly #digest = createHash('sha256');
  #size = 0;
  #chunks = 0;
  #isOver = false;

  constructor(id: ObjectId, chunkSize: number, during: During, now: () => number) {
    this.#id = id;
    this.#store = storeOf(id.container);
    this.#chunkSize = chunkSize;
    this.#during = during;
    this.#now = now;
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#isOver) return;
    await this.#during(async ({ client, timeout }) => {
      requireAck((await client.request(chunkSubject(this.#store, this.#nuid), chunk, { timeout })).json());
    });
    this.#digest.update(chunk);
    this.#size += chunk.length;
    this.#chunks += 1;
    // It was given up while the chunk was under way.
    if (this.#isOver) await this.#purge();
  }

  async finish(): Promise<void> {
    if (this.#isOver) return;
    const digest = this.#digest.digest('base64url');
    const meta = {
      name: storedName(this.#id.object),
      description: '',
      options: { max_chunk_size: this.#chunkSize },
      bucket: this.#store,
      nuid: this.#nuid,
      size: this.#size,
      chunks: this.#chunks,
      mtime: new Date(this.#now()).toISOString(),
      digest: `SHA-256=${digest.padEnd(Math.ceil(digest.length / 4) * 4, '=')}`,
      deleted: false,
    };
    this.#isOver = true;
    await this.#during((session) => writeMeta(session, this.#store, this.#id.object, meta));
  }

  async abort(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#chunks > 0) await this.#purge();
  }

  async #purge(): Promise<void> {
    const filter = chunkSubject(this.#store, this.#nuid);
    await this.#during(({ manager }) => manager.streams.purge(storePrefix + this.#store, { filter }));
  }
}
