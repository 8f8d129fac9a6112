import { AckPolicy, DeliverPolicy } from '@nats-io/jetstream';
import { createInbox, type Msg, nanos, TimeoutError } from '@nats-io/transport-node';
import { compareByBytes, startOf } from '../byte-order.ts';
import { pageSize } from '../limits.ts';
import type { Session } from './nats-connection.ts';
import { endOf, header, isDeletion, writtenAt } from './nats-stream.ts';
import { keyOf } from './subjects.ts';

/** How many messages are asked for at once. */
const batch = 1000;
/** When the server drops what reads the keys of a host that has gone, in milliseconds. */
const forgottenAfter = 30_000;

/** Some of the keys of a bucket. */
interface IndexPage {
  readonly keys: readonly string[];
  readonly isLast: boolean;
}

/** The keys of a bucket, as far as the server has told of them. */
export class KeyIndex {
  readonly #stream: string;
  readonly #prefix: string;
  /** Each key and when it was written, in milliseconds since 1970. */
  readonly #keys = new Map<string, number>();
  /** The own ends of those that have one, in milliseconds since 1970. */
  readonly #ends = new Map<string, number>();
  #sorted: string[] | undefined;
  readonly #learned: (key: string) => void;
  /** The sequence up to which the server has told. */
  #known: number;

  /**
   * @param prefix what the subjects of the bucket begin with
   * @param known nothing is learned of what the stream had up to that sequence
   * @param learned told of each key that was written or deleted
   */
  constructor(stream: string, prefix: string, known = 0, learned: (key: string) => void = () => {}) {
    this.#known = known;
    this.#learned = learned;
    this.#stream = stream;
    this.#prefix = prefix;
  }

  /** The sequence up to which the server has told. */
  get known(): number {
    return this.#known;
  }

  /** Learns what was written and deleted since the last time, at first everything. */
  async refresh(session: Session): Promise<void> {
    const { manager } = session;
    const { name, num_pending: pending } = await manager.consumers.add(this.#stream, {
      ack_policy: AckPolicy.None,
      filter_subject: `${this.#prefix}>`,
      headers_only: true,
      inactive_threshold: nanos(forgottenAfter),
      mem_storage: true,
      ...(this.#known === 0
        ? { deliver_policy: DeliverPolicy.LastPerSubject }
        : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: this.#known + 1 }),
    });
    if (pending > 0) await this.#fetch(session, name);
    // The server forgets it by itself where this is not heard.
    manager.consumers.delete(this.#stream, name).catch(() => {});
  }

  async #fetch({ client, timeout, goesOn }: Session, consumer: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const inbox = createInbox();
    let awaited = 0;
    const ask = (): void => {
      awaited = batch;
      const request = JSON.stringify({ batch, no_wait: true });
      client.publish(`$JS.API.CONSUMER.MSG.NEXT.${this.#stream}.${consumer}`, request, { reply: inbox });
    };
    const subscription = client.subscribe(inbox, {
      callback: (error, message) => {
        if (error !== null) return reject(error);
        const { code = 0, description = '' } = message.headers ?? {};
        if (code === 404 || code === 408) return resolve();
        if (code !== 0 || message.reply === undefined) return reject(new Error(description));
        if (this.#learn(message) === 0) return resolve();
        awaited -= 1;
        if (awaited > 0) return;
        late.refresh();
        goesOn();
        ask();
      },
    });
    // For a part of the keys: how long all of them take says nothing of whether the server answers.
    const late = setTimeout(() => reject(new TimeoutError()), timeout);
    try {
      ask();
      await promise;
    } finally {
      clearTimeout(late);
      subscription.unsubscribe();
    }
  }

  /** The keys that begin with a prefix and follow a key, in byte order. */
  page(
    after: string | undefined,
    prefix: string,
    isListed: (written: number, end: number | undefined) => boolean,
  ): IndexPage {
    this.#sorted ??= [...this.#keys.keys()].sort(compareByBytes);
    const keys: string[] = [];
    let at = startOf(this.#sorted, after, prefix);
    const isWithin = () => this.#sorted?.[at]?.startsWith(prefix) ?? false;
    for (; isWithin() && keys.length < pageSize; at += 1) {
      const key = this.#sorted[at] ?? '';
      if (isListed(this.#keys.get(key) ?? 0, this.#ends.get(key))) keys.push(key);
    }
    return { keys, isLast: !isWithin() };
  }

  /** Answers how many messages are left. */
  #learn({ subject, headers, reply = '' }: Msg): number {
    const [sequence = 0, , time = 0, left = 0] = deliveryOf(reply);
    this.#known = Math.max(this.#known, sequence);
    const key = keyOf(this.#prefix, subject, headers?.get(header.key) ?? '');
    if (key === undefined) return left;
    this.#learned(key);
    const isGone = isDeletion(headers);
    if (isGone ? this.#keys.delete(key) : !this.#keys.has(key)) this.#sorted = undefined;
    if (!isGone) this.#keys.set(key, writtenAt(headers, time / 1e6));
    const end = isGone ? undefined : endOf(headers);
    if (end === undefined) this.#ends.delete(key);
    else this.#ends.set(key, end);
    return left;
  }
}

/** The sequence in the stream and in the consumer, the time in nanoseconds and the number that is left. */
function deliveryOf(reply: string): number[] {
  // `$JS.ACK.` with, on some servers, domain and account, then stream, consumer and number of deliveries.
  const tokens = reply.split('.');
  const start = tokens.length > 9 ? 7 : 5;
  return tokens.slice(start, start + 4).map(Number);
}
