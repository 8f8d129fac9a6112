import type { Backend, Bucket, StopWatching } from '../interfaces/keyvalue/backends/backend.ts';
import { OPERATION_TIMEOUT } from '../interfaces/keyvalue/backends/definition.ts';
import type { KeyvalueSettings } from '../interfaces/keyvalue/configuration/store-rules.ts';
import { ThreadStores } from '../interfaces/keyvalue/open-stores.ts';
import { ChangeQueue } from '../interfaces/keyvalue/watch/change-queue.ts';
import type { WatchRule } from '../interfaces/keyvalue/watch/watch-rules.ts';
import type { Invocation } from '../runtime/worker-pool/invocation.ts';
import { reasonOf } from '../shared/host-error.ts';
import { shortened } from '../shared/printable.ts';
import { RepeatedNotice } from '../shared/repeated-notice.ts';
import { ChangeCall } from '../triggers/keyvalue-watch/change-call.ts';
import type { ChangeReport } from '../triggers/keyvalue-watch/change-report.ts';

/** Who has changes handled, and is told of them. */
export interface KeyWatchesOwner {
  /** Counts the calls of the host. */
  nextNumber(): number;
  dispatch(invocation: Invocation): void;
  told(report: ChangeReport): void;
  warning(text: string): void;
}

/** A component and what it watches. */
export interface Watching {
  readonly component: string;
  readonly rules: readonly WatchRule[];
}

/** How long a key may be in what is said, in characters. */
const longestKey = 100;

/** The buckets that components watch, on the main thread: what changes there is read and told to them. */
export class KeyWatches {
  readonly #owner: KeyWatchesOwner;
  readonly #stores: ThreadStores;
  readonly #queues: ChangeQueue[] = [];
  readonly #stops: StopWatching[] = [];
  #isClosed = false;

  /**
   * @param memory the in-memory buckets of the host
   * @param now milliseconds since 1970 by the host's clock
   */
  constructor(settings: KeyvalueSettings, memory: Backend, now: () => number, owner: KeyWatchesOwner) {
    this.#owner = owner;
    // That a store is away, the guest's own connection tells.
    const context = { now, operationTimeout: OPERATION_TIMEOUT, tell: () => {} };
    this.#stores = new ThreadStores(settings, memory, context);
  }

  /** From now on the components are told. A bucket that can't be watched is told of, and keeps nothing else from running. */
  async start(all: readonly Watching[]): Promise<void> {
    await Promise.all(
      all.flatMap(({ component, rules }) => rules.map((rule) => this.#watch(component, rule))),
    );
  }

  /** Drops what waits. */
  clear(): void {
    for (const queue of this.#queues) queue.clear();
  }

  /** Tells nothing more. Resolves when what is being handled was. */
  async finish(): Promise<void> {
    this.#isClosed = true;
    for (const stop of this.#stops.splice(0)) stop();
    await Promise.all(this.#queues.map((queue) => queue.stop()));
  }

  /** Ends everything at once. */
  async close(): Promise<void> {
    void this.finish();
    await this.#stores.close();
  }

  async #watch(component: string, { bucket: address, prefix }: WatchRule): Promise<void> {
    const say = (text: string): void => {
      if (!this.#isClosed) this.#owner.warning(`${component} watches bucket '${address}': ${text}`);
    };
    try {
      const bucket = await this.#stores.open(address);
      const dropped = new RepeatedNotice((count) =>
        say(`${count} ${count === 1 ? 'change was' : 'changes were'} dropped, as too many wait already`),
      );
      const unread = new RepeatedNotice((count) =>
        say(`${count} could not be read, the last because ${why}`),
      );
      let why = '';
      const queue = new ChangeQueue({
        handle: async (key) => {
          try {
            await this.#tell(component, address, bucket, key);
          } catch (error) {
            why = reasonOf(error);
            unread.again();
          }
        },
        dropped: () => dropped.again(),
        slowed: (key) =>
          say(
            `key '${shortened(key, longestKey)}' changes each time right after it was handled, perhaps by the component itself; it is told of that at most five times in a second`,
          ),
      });
      const stop = await bucket.watch?.({
        changed(key) {
          if (key.startsWith(prefix)) queue.add(key);
        },
        failed: say,
      });
      if (stop === undefined) say('its store does not tell what changes in it');
      else if (this.#isClosed) stop();
      else {
        this.#queues.push(queue);
        this.#stops.push(stop);
      }
    } catch (error) {
      say(`${reasonOf(error)}; nothing of it is told until the host starts again`);
    }
  }

  async #tell(component: string, address: string, bucket: Bucket, key: string): Promise<void> {
    const value = await bucket.get(key);
    if (this.#isClosed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const call = new ChangeCall(
      this.#owner.nextNumber(),
      { component, bucket: address, key, value },
      (report) => {
        resolve();
        this.#owner.told(report);
      },
    );
    this.#owner.dispatch(call);
    await promise;
  }
}
