import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionError, headers, type MsgHdrs, TimeoutError } from '@nats-io/transport-node';
import {
  type Bucket,
  type BucketSettings,
  type CounterType,
  type KeyPage,
  StoreError,
  type Versioned,
} from '../backend.ts';
import { addToCounter, type CounterFormat } from '../counter.ts';
import { cursorAfter, keyOfCursor } from '../cursor.ts';
import { KeyPurpose, type Purpose, shown } from '../key-purpose.ts';
import { checkKey, checkValue } from '../limits.ts';
import type { NatsConnection, Session } from './nats-connection.ts';
import { KeyIndex } from './nats-listing.ts';
import {
  type Entry,
  header,
  isUnheard,
  type OpenStream,
  openStream,
  publish,
  readEntry,
} from './nats-stream.ts';
import { bucketName, largestKey, subjectOf } from './subjects.ts';

/** How long the keys of a listing are kept for its next page, in milliseconds. */
const listingLife = 30_000;
const nothing = new Uint8Array();

/**
 * A bucket in NATS KV: a stream that holds the last message of each subject. A version is the revision of
 * that message, or of the mark that a delete leaves behind.
 */
export class NatsBucket implements Bucket {
  readonly #connection: NatsConnection;
  readonly #name: string;
  readonly #stored: string;
  readonly #ttl: number | undefined;
  readonly #prefix: string;
  readonly #counters: CounterFormat;
  #stream: Promise<OpenStream> | undefined;
  #hasWarned = false;
  /** The last increment of each key that is under way; this host's own wait for each other. */
  readonly #increments = new Map<string, Promise<unknown>>();
  #index: KeyIndex | undefined;
  #listing: Promise<unknown> = Promise.resolve();
  #dropping: NodeJS.Timeout | undefined;

  constructor(connection: NatsConnection, name: string, { ttl, prefix = '', counters }: BucketSettings) {
    this.#connection = connection;
    this.#name = name;
    this.#stored = bucketName(name);
    this.#ttl = ttl;
    this.#prefix = prefix;
    this.#counters = { wash: 'big-endian', fresh: counters === 'wash' ? 'big-endian' : 'ascii' };
  }

  /** Creates the stream where it is not there. */
  async open(): Promise<void> {
    await this.#do({ text: `open of bucket '${this.#name}'`, isWrite: false }, async () => {});
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return await this.#do(this.#purpose('get', key), async (session, stream) =>
      this.#liveValue(await this.#read(session, stream, key)),
    );
  }

  async set(key: string, value: Uint8Array): Promise<void> {
    checkKey(this.#prefix + key, largestKey);
    checkValue(key, value);
    await this.#do(this.#purpose('set', key, true), (session, stream) =>
      this.#write(session, stream, key, value),
    );
  }

  async delete(key: string): Promise<void> {
    await this.#do(this.#purpose('delete', key, true), async (session, stream) => {
      // A mark for a key that never was would stay for ever.
      if ((await this.#read(session, stream, key))?.value === undefined) return;
      const mark = headers();
      mark.set(header.operation, 'DEL');
      await publish(session, subjectOf(stream.subjects, this.#prefix + key).subject, nothing, mark);
    });
  }

  /** Keys in byte order; each page knows of all writes before it. The cursor is the last key of the page. */
  async listKeys(cursor: string | undefined, prefix = ''): Promise<KeyPage> {
    const after = cursor === undefined ? undefined : keyOfCursor(cursor);
    const page = this.#listing.then(() => this.#list(after, this.#prefix + prefix));
    this.#listing = page.catch(() => {});
    return await page;
  }

  async written(key: string): Promise<number | undefined> {
    return await this.#do(this.#purpose('get', key), async (session, stream) => {
      const entry = await this.#read(session, stream, key);
      return this.#liveValue(entry) === undefined ? undefined : entry?.written;
    });
  }

  /** Swaps until nobody came between, so that it is atomic between hosts. */
  async increment(key: string, delta: bigint, type: CounterType): Promise<bigint> {
    checkKey(this.#prefix + key, largestKey);
    const deadline = this.#connection.deadline();
    const before = this.#increments.get(key) ?? Promise.resolve();
    const sum = before.then(() => this.#increment(key, delta, type, deadline));
    const settled = sum.catch(() => {});
    this.#increments.set(key, settled);
    try {
      return await sum;
    } finally {
      if (this.#increments.get(key) === settled) this.#increments.delete(key);
    }
  }

  async getVersioned(key: string): Promise<Versioned> {
    return await this.#do(this.#purpose('read', key), async (session, stream) => {
      const entry = await this.#read(session, stream, key);
      const value = this.#liveValue(entry);
      const since = value === undefined ? this.#connection.now() : entry?.written;
      return { value, version: `${entry?.revision ?? 0}${value === undefined ? '-' : '+'}${since}` };
    });
  }

  async setIfVersion(key: string, value: Uint8Array, version: string): Promise<boolean> {
    checkKey(this.#prefix + key, largestKey);
    checkValue(key, value);
    const [, revision, state, since] = /^(\d+)([-+])([\d.]+)$/.exec(version) ?? [];
    if (revision === undefined) return false;
    // What expired since has the same revision; and where there was no message, one may have come and gone.
    if ((state === '+' || revision === '0') && this.#isExpired(Number(since))) return false;
    return await this.#do(this.#purpose('swap', key, true), (session, stream) =>
      this.#write(session, stream, key, value, Number(revision)),
    );
  }

  async getMany(keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    return await Promise.all(keys.map((key) => this.get(key)));
  }

  /** Not all or nothing: an error leaves some of the keys written. */
  async setMany(pairs: readonly (readonly [key: string, value: Uint8Array])[]): Promise<void> {
    for (const [key, value] of pairs) {
      checkKey(this.#prefix + key, largestKey);
      checkValue(key, value);
    }
    await Promise.all([...new Map(pairs)].map(([key, value]) => this.set(key, value)));
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    await Promise.all([...new Set(keys)].map((key) => this.delete(key)));
  }

  async #increment(key: string, delta: bigint, type: CounterType, deadline: number): Promise<bigint> {
    const purpose = this.#purpose('increment', key, true);
    for (let attempt = 0; performance.now() < deadline; attempt += 1) {
      const sum = await this.#do(
        purpose,
        async (session, stream) => {
          const entry = await this.#read(session, stream, key);
          const { count, bytes } = addToCounter(key, this.#liveValue(entry), delta, type, this.#counters);
          return (await this.#write(session, stream, key, bytes, entry?.revision ?? 0)) ? count : undefined;
        },
        deadline,
      );
      if (sum !== undefined) return sum;
      await sleep(Math.random() * Math.min(50, 2 ** attempt));
    }
    throw new StoreError('other', `${purpose.text}: others wrote the key each time; nothing was changed`);
  }

  async #list(after: string | undefined, start: string): Promise<KeyPage> {
    clearTimeout(this.#dropping);
    const purpose = { text: `list-keys of bucket '${this.#name}'`, isWrite: false };
    const index = await this.#do(purpose, async (session, stream) => {
      const known =
        (after === undefined ? undefined : this.#index) ?? new KeyIndex(stream.name, stream.subjects);
      await known.refresh(session);
      return known;
    });
    const last = after === undefined ? undefined : this.#prefix + after;
    const { keys, isLast } = index.page(last, start, (written) => !this.#isExpired(written));
    this.#index = isLast ? undefined : index;
    this.#dropping = setTimeout(() => {
      this.#index = undefined;
    }, listingLife).unref();
    const guestKeys = keys.map((key) => key.slice(this.#prefix.length));
    return { keys: guestKeys, cursor: isLast ? undefined : cursorAfter(guestKeys.at(-1) ?? '') };
  }

  async #read(session: Session, stream: OpenStream, key: string): Promise<Entry | undefined> {
    return await readEntry(session, stream, subjectOf(stream.subjects, this.#prefix + key).subject);
  }

  async #write(
    session: Session,
    stream: OpenStream,
    key: string,
    value: Uint8Array,
    revision?: number,
  ): Promise<boolean> {
    const { subject, header: escaped } = subjectOf(stream.subjects, this.#prefix + key);
    const fields = {
      ...(revision === undefined ? {} : { [header.expected]: String(revision) }),
      ...(this.#ttl === undefined ? {} : { [header.written]: String(this.#connection.now()) }),
      ...(escaped === undefined ? {} : { [header.key]: escaped }),
    };
    const message = Object.keys(fields).length === 0 ? undefined : headersOf(fields);
    const size = value.length + sizeOf(fields);
    const largest = session.client.info?.max_payload ?? size;
    if (size > largest) {
      const limit = `the server takes at most ${largest} (max_payload)`;
      throw new StoreError(
        'other',
        `value of key '${shown(key)}' makes a message of ${size} bytes; ${limit}`,
      );
    }
    return await publish(session, subject, value, message);
  }

  #liveValue(entry: Entry | undefined): Uint8Array | undefined {
    return entry === undefined || this.#isExpired(entry.written) ? undefined : entry.value;
  }

  #isExpired(written: number): boolean {
    return this.#ttl !== undefined && this.#connection.now() - written >= this.#ttl;
  }

  /** Does something with the stream, which is made once more where somebody has removed it. */
  async #do<T>(
    purpose: Purpose,
    act: (session: Session, stream: OpenStream) => Promise<T>,
    deadline = this.#connection.deadline(),
  ): Promise<T> {
    const attempt = () =>
      this.#connection.during(deadline, async (session) => await act(session, await this.#open(session)));
    try {
      return await attempt();
    } catch (error) {
      // A direct get of a stream that is gone gets no answer at all.
      if (isUnheard(error) || error instanceof TimeoutError || error instanceof ConnectionError) {
        this.#stream = undefined;
      }
      if (!isUnheard(error)) throw this.#connection.failed(purpose, error);
    }
    try {
      return await attempt();
    } catch (error) {
      throw this.#connection.failed(purpose, error);
    }
  }

  async #open(session: Session): Promise<OpenStream> {
    if (this.#stream !== undefined) return await this.#stream;
    const opening = openStream(session, this.#stored, this.#ttl);
    this.#stream = opening;
    try {
      const { warning } = await opening;
      if (warning !== undefined && !this.#hasWarned) this.#connection.tell(warning);
      this.#hasWarned ||= warning !== undefined;
      return await opening;
    } catch (error) {
      if (this.#stream === opening) this.#stream = undefined;
      throw error;
    }
  }

  #purpose(action: string, key: string, isWrite = false): Purpose {
    return new KeyPurpose(action, key, this.#name, isWrite);
  }
}

function headersOf(fields: Readonly<Record<string, string>>): MsgHdrs {
  const list = headers();
  for (const [name, value] of Object.entries(fields)) list.set(name, value);
  return list;
}

/** The bytes of a message's headers: a first line, one for each, an empty one. */
function sizeOf(fields: Readonly<Record<string, string>>): number {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return lines.length === 0 ? 0 : `NATS/1.0\r\n${lines.join('')}\r\n`.length;
}
