import { Worker } from 'node:worker_threads';
import type { FromGuest, GuestSetup, ToGuest } from '../guest/protocol.ts';
import { ThreadControl } from '../guest/thread-control.ts';
import { HostError, reasonOf } from '../host-error.ts';
import { threadUrl } from '../thread-url.ts';

/** What happens to a thread, besides the messages it sends. */
export interface GuestThreadEvents {
  message(message: FromGuest): void;
  /** The thread ended by itself: a fault of ours, or of a dependency. */
  crash(error: unknown): void;
}

/** A guest thread as the front sees it. */
export class GuestThread {
  readonly control = new ThreadControl();
  readonly #worker: Worker;
  readonly #ready = Promise.withResolvers<void>();
  #lastId = 0;
  #closed = false;

  constructor(setup: Omit<GuestSetup, 'control'>, events: GuestThreadEvents) {
    this.#worker = new Worker(threadUrl('../guest/thread', import.meta.url), {
      workerData: { ...setup, control: this.control.buffer } satisfies GuestSetup,
      // A guest sees the environment that the configuration gives it; the thread needs none.
      env: {},
    });
    this.#worker.on('message', (message: FromGuest) => {
      if (message.type === 'ready') this.#ready.resolve();
      else events.message(message);
    });
    this.#worker.on('error', (error) => this.#end(error, events));
    this.#worker.on('exit', (status) =>
      this.#end(new Error(`the guest thread ended with status ${status}`), events),
    );
    this.#ready.promise.catch(() => {});
  }

  /** Resolves when the component's glue is loaded; throws a `HostError` when that fails. */
  async ready(): Promise<void> {
    try {
      await this.#ready.promise;
    } catch (cause) {
      throw new HostError('internal', `the guest thread can't start: ${reasonOf(cause)}`, { cause });
    }
  }

  /** The id for the next request. */
  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  post(message: ToGuest, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  /** Ends the thread at once, even in the middle of an endless loop. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker.terminate();
  }

  #end(error: unknown, events: GuestThreadEvents): void {
    this.#ready.reject(error);
    if (this.#closed) return;
    this.#closed = true;
    events.crash(error);
  }
}
