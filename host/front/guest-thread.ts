import { getCompileCacheDir } from 'node:module';
import { MessageChannel, Worker } from 'node:worker_threads';
import { drainPort, receiveFrom } from '../drain-port.ts';
import type { FromGuest, GuestSetup, MemoryChange, ToGuest } from '../guest/protocol.ts';
import { ThreadControl } from '../guest/thread-control.ts';
import { isOutput } from '../guest/wire.ts';
import { HostError, reasonOf } from '../host-error.ts';
import { threadUrl } from '../thread-url.ts';

/** How many messages go to a thread together. */
const mostTogether = 16;

/** What happens to a thread, besides the messages it sends. */
export interface GuestThreadEvents {
  /** The component's glue is loaded. */
  ready(): void;
  message(message: FromGuest): void;
  /** An in-memory bucket has changed. */
  change(change: MemoryChange): void;
  /** The thread ended by itself: a fault of ours, or of a dependency. */
  crash(error: unknown): void;
}

/** A guest thread as the front sees it. */
export class GuestThread {
  readonly control = new ThreadControl();
  readonly #worker: Worker;
  readonly #messages = new MessageChannel();
  readonly #changes = new MessageChannel();
  readonly #events: GuestThreadEvents;
  readonly #ready = Promise.withResolvers<void>();
  #lastId = 0;
  #outbox: ToGuest[] = [];
  #transfer: ArrayBuffer[] = [];
  #posting: NodeJS.Immediate | undefined;
  #closed = false;

  constructor(
    setup: Omit<GuestSetup, 'control' | 'port' | 'changes' | 'codeCache'>,
    events: GuestThreadEvents,
  ) {
    this.#events = events;
    this.#worker = new Worker(threadUrl('../guest/thread', import.meta.url), {
      workerData: {
        ...setup,
        control: this.control.buffer,
        port: this.#messages.port2,
        changes: this.#changes.port2,
        codeCache: getCompileCacheDir(),
      } satisfies GuestSetup,
      transferList: [this.#messages.port2, this.#changes.port2],
      // A guest sees the environment that the configuration gives it; the thread needs none.
      env: {},
    });
    receiveFrom(this.#messages.port1, this.#receive);
    receiveFrom(this.#changes.port1, events.change);
    this.#worker.on('error', (error) => this.#end(error));
    this.#worker.on('exit', (status) => this.#end(new Error(`the guest thread ended with status ${status}`)));
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

  /**
   * What is posted in one turn of the event loop travels together: waking the thread costs more than a message. Where that
   * is much, the thread gets the first part while the rest is still being read.
   */
  post(message: ToGuest, transfer: readonly ArrayBuffer[] = []): void {
    this.#outbox.push(message);
    for (const buffer of transfer) this.#transfer.push(buffer);
    if (this.#outbox.length >= mostTogether) this.#send();
    else this.#posting ??= setImmediate(() => this.#send());
  }

  #send(): void {
    clearImmediate(this.#posting);
    this.#posting = undefined;
    this.#messages.port1.postMessage(this.#outbox, this.#transfer);
    this.#outbox = [];
    this.#transfer = [];
  }

  /** Ends the thread at once, even in the middle of an endless loop. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker.terminate();
    this.#closePorts();
  }

  /**
   * Takes the in-memory buckets from the thread, or keeps it from having any. Every change that it made has been told
   * when this returns.
   */
  takeMemory(): void {
    this.control.fence();
    drainPort(this.#changes.port1, this.#events.change);
  }

  /** Receives what the thread has sent up to now. */
  hear(): void {
    drainPort(this.#messages.port1, this.#receive);
  }

  readonly #receive = (message: FromGuest): void => {
    if (isOutput(message) || message.type !== 'ready') {
      this.#events.message(message);
      return;
    }
    this.#events.ready();
    this.#ready.resolve();
  };

  /** The thread has ended; what it had posted before still counts. */
  #closePorts(): void {
    clearImmediate(this.#posting);
    drainPort(this.#changes.port1, this.#events.change);
    drainPort(this.#messages.port1, this.#receive);
    this.#changes.port1.close();
    this.#messages.port1.close();
  }

  #end(error: unknown): void {
    this.#ready.reject(error);
    if (this.#closed) return;
    this.#closed = true;
    this.#closePorts();
    this.#events.crash(error);
  }
}
