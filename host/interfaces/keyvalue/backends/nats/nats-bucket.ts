import { ConnectionError, headers, type MsgHdrs, TimeoutError } from '@nats-io/transport-node';
import {
  type Bucket,
  type BucketSettings,
  type ChangeListener,
  type CounterType,
  type KeyPage,
  type StopWatching,
  StoreError,
  type Versioned,
} from '../backend.ts';
import { backOff } from '../backoff.ts';
import { addToCounter, type CounterFormat } from '../counter.ts';
import { cursorAfter, keyOfCursor } from '../cursor.ts';
import { Expiry } from '../expiry.ts';
import { checkValue } from '../limits.ts';
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
import { watchStream } from './nats-watch.ts';
import { bucketName, subjectOf } from './subjects.ts';

/** How long the keys of a listing are kept for its next page, in milliseconds. */
const listingLife = 30_000;
const nothing = new Uint8Array();
/** What a server takes as one message unless its `max_payload` says otherwise, in bytes. */
export const largestMessage = 1024 * 1024;

/**
 * A bucket in NATS KV: a stream that holds the last message of each subject. A version is the revision of
 * that message, or of the mark that a delete leaves behind. The own end of a key is a header of its message, which servers of any
 * version keep; one that has ended takes its room until the key is written again, or the largest age of the stream has passed.
 */
export class NatsBucket implements Bucket {
  readonly #connection: NatsConnection;
  readonly #stored: string;
  readonly #expiry: Expiry;
  readonly #counters: CounterFormat;
  #stream: Promise<OpenStream> | undefined;
  #hasWarned = false;
  /** The last increment of each key that is under way; this host's own wait for each other. */
  readonly #increments = new Map<string, Promise<unknown>>();
  #index: KeyIndex | undefined;
  #listing: Promise<unknown> = Promise.resolve();
  #dropping: NodeJS.Timeout | undefined;

  constructor(connection: NatsConnection, name: string, { ttl, counters }: BucketSettings) {
    this.#connection = connection;
    this.#stored = bucketName(name);
    this.#expiry = new Expiry(ttl, () => connection.link.now());
    this.#counters = { wash: 'big-endian', fresh: counters === 'wash' ? 'big-endian' : 'ascii' };
  }

  /** Creates the stream where it is not there. */
  async open(): Promise<void> {
    await this.#do(async () => {});
  }

  get largestValue(): number {
    return this.#connection.largestMessage ?? largestMessage;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return await this.#do(async (session, stream) => this.#liveValue(await this.#read(session, stream, key)));
  }

  async set(key: string, value: Uint8Array, ttl?: number): Promise<void> {
    const end = this.#endIn(ttl);
    await this.#do((session, stream) => this.#write(session, stream, key, value, { end }));
  }

  async delete(key: string): Promise<void> {
    await this.#do(async (session, stream) => {
      // A mark for a key that never was would stay for ever.
      if ((await this.#read(session, stream, key))?.value === undefined) return;
      const mark = headers();
      mark.set(header.operation, 'DEL');
      await publish(session, subjectOf(stream.subjects, key).subject, nothing, mark);
    });
  }

  watch(told: ChangeListener): Promise<StopWatching> {
    return watchStream((act) => this.#do(act), told);
  }

  /** Keys in byte order; each page knows of all writes before it. The cursor is the last key of the page. */
  async listKeys(cursor: string | undefined, prefix = ''): Promise<KeyPage> {
    const after = cursor === undefined ? undefined : keyOfCursor(cursor);
    const page = this.#listing.then(() => this.#list(after, prefix));
    this.#listing = page.catch(() => {});
    return await page;
  }

  async written(key: string): Promise<number | undefined> {
    return await this.#do(async (session, stream) => {
      const entry = await this.#read(session, stream, key);
      return this.#liveValue(entry) === undefined ? undefined : entry?.written;
    });
  }

  /** Swaps until nobody came between, so that it is atomic between hosts. */
  async increment(key: string, delta: bigint, type: CounterType): Promise<bigint> {
    const deadline = this.#connection.link.deadline();
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
    return await this.#do(async (session, stream) => {
      const entry = await this.#read(session, stream, key);
      const value = this.#liveValue(entry);
      const since = value === undefined ? this.#connection.link.now() : entry?.written;
      const end = value === undefined || entry?.end === undefined ? '' : `/${entry.end}`;
      return { value, version: `${entry?.revision ?? 0}${value === undefined ? '-' : '+'}${since}${end}` };
    });
  }

  async setIfVersion(key: string, value: Uint8Array, version: string, ttl?: number): Promise<boolean> {
    const [, revision, state, since, kept] = /^(\d+)([-+])([\d.]+)(?:\/([\d.]+))?$/.exec(version) ?? [];
    if (revision === undefined) return false;
    // What expired since has the same revision; and where there was no message, one may have come and gone.
    if ((state === '+' || revision === '0') && this.#expiry.isOver(Number(since))) return false;
    if (kept !== undefined && this.#isEnded(Number(kept))) return false;
    const end = this.#endIn(ttl) ?? (kept === undefined ? undefined : Number(kept));
    const condition = { end, revision: Number(revision) };
    return await this.#do((session, stream) => this.#write(session, stream, key, value, condition));
  }

  async timesLeft(keys: readonly string[]): Promise<(number | undefined)[]> {
    const ends = await this.#do((session, stream) =>
      Promise.all(
        keys.map(async (key) => {
          const entry = await this.#read(session, stream, key);
          return this.#liveValue(entry) === undefined ? undefined : entry?.end;
        }),
      ),
    );
    const now = this.#connection.link.now();
    return ends.map((end) => (end === undefined ? undefined : Math.max(1, Math.round(end - now))));
  }

  async getMany(keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    return await Promise.all(keys.map((key) => this.get(key)));
  }

  /** Not all or nothing: an error leaves some of the keys written. */
  async setMany(pairs: readonly (readonly [key: string, value: Uint8Array])[]): Promise<void> {
    await Promise.all([...new Map(pairs)].map(([key, value]) => this.set(key, value)));
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    await Promise.all([...new Set(keys)].map((key) => this.delete(key)));
  }

  async #increment(key: string, delta: bigint, type: CounterType, deadline: number): Promise<bigint> {
    for (let attempt = 0; performance.now() < deadline; attempt += 1) {
      const sum = await this.#do(async (session, stream) => {
        const entry = await this.#read(session, stream, key);
        const stored = this.#liveValue(entry);
        const { count, bytes } = addToCounter(stored, delta, type, this.#counters);
        const end = stored === undefined ? undefined : entry?.end;
        const condition = { end, revision: entry?.revision ?? 0 };
        return (await this.#write(session, stream, key, bytes, condition)) ? count : undefined;
      }, deadline);
      if (sum !== undefined) return sum;
      await backOff(attempt);
    }
    throw new StoreError('other', 'others wrote the key each time', { changed: 'nothing' });
  }

  async #list(after: string | undefined, start: string): Promise<KeyPage> {
    clearTimeout(this.#dropping);
    const index = await this.#do(async (session, stream) => {
      const known =
        (after === undefined ? undefined : this.#index) ?? new KeyIndex(stream.name, stream.subjects);
      await known.refresh(session);
      return known;
    });
    const { keys, isLast } = index.page(after, start, (written, end) => this.#isThere(written, end));
    this.#index = isLast ? undefined : index;
    this.#dropping = setTimeout(() => {
      this.#index = undefined;
    }, listingLife).unref();
    return { keys, cursor: isLast ? undefined : cursorAfter(keys.at(-1) ?? '') };
  }

  async #read(session: Session, stream: OpenStream, key: string): Promise<Entry | undefined> {
    return await readEntry(session, stream, subjectOf(stream.subjects, key).subject);
  }

  async #write(
    session: Session,
    stream: OpenStream,
    key: string,
    value: Uint8Array,
    { end, revision }: { readonly end: number | undefined; readonly revision?: number },
  ): Promise<boolean> {
    const { subject, header: escaped } = subjectOf(stream.subjects, key);
    const fields = {
      ...(revision === undefined ? {} : { [header.expected]: String(revision) }),
      ...(this.#expiry.ttl === undefined ? {} : { [header.written]: String(this.#connection.link.now()) }),
      ...(end === undefined ? {} : { [header.end]: String(end) }),
      ...(escaped === undefined ? {} : { [header.key]: escaped }),
    };
    const message = Object.keys(fields).length === 0 ? undefined : headersOf(fields);
    checkValue(value, this.largestValue - sizeOf(fields));
    return await publish(session, subject, value, message);
  }

  #liveValue(entry: Entry | undefined): Uint8Array | undefined {
    return entry !== undefined && this.#isThere(entry.written, entry.end) ? entry.value : undefined;
  }

  #isThere(written: number, end: number | undefined): boolean {
    return !this.#expiry.isOver(written) && (end === undefined || !this.#isEnded(end));
  }

  #isEnded(end: number): boolean {
    return end <= this.#connection.link.now();
  }

  #endIn(ttl: number | undefined): number | undefined {
    return ttl === undefined ? undefined : this.#connection.link.now() + ttl;
  }

  /** Does something with the stream, which is made once more where somebody has removed it. */
  async #do<T>(
    act: (session: Session, stream: OpenStream) => Promise<T>,
    deadline = this.#connection.link.deadline(),
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
      if (!isUnheard(error)) throw this.#connection.failed(error);
    }
    try {
      return await attempt();
    } catch (error) {
      throw this.#connection.failed(error);
    }
  }

  async #open(session: Session): Promise<OpenStream> {
    if (this.#stream !== undefined) return await this.#stream;
    const opening = openStream(session, this.#stored, this.#expiry.ttl);
    this.#stream = opening;
    try {
      const { warning } = await opening;
      if (warning !== undefined && !this.#hasWarned) this.#connection.link.tell(warning);
      this.#hasWarned ||= warning !== undefined;
      return await opening;
    } catch (error) {
      if (this.#stream === opening) this.#stream = undefined;
      throw error;
    }
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
