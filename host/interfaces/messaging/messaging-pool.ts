import type { PeerPart, PoolPart, WorkerPeer } from '../../runtime/interface.ts';
import { DEFAULT_LIMITS } from '../../settings/limits.ts';
import { reasonOf } from '../../shared/host-error.ts';
import type { Carrier, CarrierOwner, CarrierSettings, MessageHandler } from './carrier.ts';
import type { FromMessagingWorker, ToMessagingWorker } from './messages.ts';
import { MessagingError } from './messaging-error.ts';

/** What a worker has from the start. */
export interface SharedMessaging {
  /** The largest body of a message, in bytes. */
  readonly largestBody: number;
}

/** `wasmcloud:messaging` beside the workers of a host. What carries messages is loaded when the first one is to be carried. */
export class MessagingPool implements PoolPart {
  #settings: CarrierSettings | undefined;
  #owner: CarrierOwner | undefined;
  #loading: Promise<Carrier> | undefined;

  /** To be called before anything is sent. */
  setUp(settings: CarrierSettings, owner: CarrierOwner): void {
    this.#settings = settings;
    this.#owner = owner;
  }

  /** From now on these components get messages. Rejects with a `MessagingError` where they can't. */
  async serve(handlers: readonly MessageHandler[]): Promise<void> {
    if (handlers.length > 0 || this.#loading !== undefined) await (await this.carrier()).serve(handlers);
  }

  /** What carries messages, loaded if it is not yet. */
  carrier(): Promise<Carrier> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  /** See `Carrier.retire`. */
  async retire(): Promise<void> {
    (await this.#loading)?.retire();
  }

  /** See `Carrier.finish`. */
  async finish(): Promise<void> {
    await (await this.#loading)?.finish();
  }

  /** Messages that wait are dropped. */
  async dropWaiting(): Promise<void> {
    (await this.#loading)?.dropWaiting();
  }

  open(worker: WorkerPeer): PeerPart {
    const pending = new Map<number, () => void>();
    const shared: SharedMessaging = {
      largestBody: this.#settings?.largestBody ?? DEFAULT_LIMITS.messageSize,
    };
    return {
      shared,
      receive: (message) => void this.#receive(message as FromMessagingWorker, worker, pending),
      end() {
        for (const cancel of pending.values()) cancel();
        pending.clear();
      },
    };
  }

  close(): void {
    // Whoever still waits for it is told.
    void this.#loading?.then((carrier) => carrier.close()).catch(() => {});
  }

  async #load(): Promise<Carrier> {
    if (this.#settings === undefined || this.#owner === undefined)
      throw new MessagingError('broker-unavailable', 'no messages are carried here');
    const { Carrier } = await import('./carrier.ts');
    return await Carrier.start(this.#settings, this.#owner);
  }

  async #receive(
    said: FromMessagingWorker,
    worker: WorkerPeer,
    pending: Map<number, () => void>,
  ): Promise<void> {
    const { id } = said;
    const answer = (message: ToMessagingWorker): void => worker.post(message);
    if (said.type === 'cancel') {
      pending.get(id)?.();
      pending.delete(id);
      return;
    }
    let isCancelled = false;
    pending.set(id, () => {
      isCancelled = true;
    });
    try {
      const carrier = await this.carrier();
      if (isCancelled) return;
      if (said.type === 'publish') {
        await carrier.publish(said.message);
        answer({ type: 'sent', id });
        return;
      }
      const { reply, cancel } = carrier.request(said.message);
      pending.set(id, cancel);
      answer({ type: 'reply', id, message: await reply });
    } catch (error) {
      const name = error instanceof MessagingError ? error.case : 'other';
      answer({ type: 'failed', id, error: name, text: reasonOf(error) });
    } finally {
      pending.delete(id);
    }
  }
}
