import type { FromGuest, GuestSetup, MemoryAnswer, MemoryCall } from '../guest/protocol.ts';
import { HostError } from '../host-error.ts';
import type { Exchange } from './exchange.ts';
import { GuestThread } from './guest-thread.ts';
import { MemoryReplica } from './memory-replica.ts';

/** A thread that does not answer a ping for this long is replaced for new requests, in milliseconds. */
const longestSilence = 1000;
/** How often the watchdog looks, in milliseconds. */
const watchInterval = 100;

/** What the dispatcher tells the host. */
export interface DispatcherEvents {
  /** The component wrote to its standard output or error while it served that request. */
  print(request: number, stream: 'stdout' | 'stderr', bytes: Uint8Array): void;
  /** A store went away or came back, and the like. */
  warning(text: string): void;
  /** A guest thread ended by itself. */
  crash(error: unknown): void;
  /** A guest thread was replaced because a component keeps it busy. */
  replaced(): void;
}

/** What of a thread's setup is the same for all threads of a host. */
type ComponentSetup = Omit<GuestSetup, 'control' | 'memory' | 'generation' | 'changes'>;

interface Lane {
  readonly thread: GuestThread;
  readonly exchanges: Map<number, Exchange>;
  /** When the unanswered ping was sent. */
  pinged: number | undefined;
  /** Replaced: it gets no more requests and is ended once nobody waits for it. */
  retired: boolean;
}

/** Gives requests to the guest thread and watches over it. */
export class Dispatcher {
  readonly #setup: ComponentSetup;
  readonly #requestTimeout: number;
  readonly #events: DispatcherEvents;
  readonly #replica = new MemoryReplica();
  readonly #lanes = new Set<Lane>();
  #generation = 0;
  #current: Lane | undefined;
  readonly #memoryCalls = new Map<
    number,
    { readonly to: Lane; readonly settle: (answer: MemoryAnswer) => void }
  >();
  #lastMemoryCall = 0;
  #watchdog: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param requestTimeout milliseconds without progress after which a request is given up */
  constructor(setup: ComponentSetup, requestTimeout: number, events: DispatcherEvents) {
    this.#setup = setup;
    this.#requestTimeout = requestTimeout;
    this.#events = events;
  }

  /** Starts the first guest thread. Throws a `HostError` when the component's glue can't be loaded. */
  async start(): Promise<void> {
    await this.#lane().thread.ready();
  }

  dispatch(exchange: Exchange): void {
    if (exchange.isOver) {
      exchange.orphan();
      return;
    }
    const lane = this.#lane();
    const id = lane.thread.nextId();
    lane.exchanges.set(id, exchange);
    exchange.begin({ id, post: (message, transfer) => lane.thread.post(message, transfer) });
    this.#watchdog ??= setInterval(() => this.#watch(), watchInterval);
  }

  /** Sends a call on an in-memory bucket to the thread that has the buckets now. */
  callMemory(call: Omit<MemoryCall, 'type' | 'call'>, settle: (answer: MemoryAnswer) => void): void {
    const to = this.#lane();
    this.#lastMemoryCall += 1;
    this.#memoryCalls.set(this.#lastMemoryCall, { to, settle });
    to.thread.post({ ...call, type: 'memoryCall', call: this.#lastMemoryCall });
  }

  /** Ends all threads; whoever still waits gets a 503. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#watchdog);
    await Promise.all([...this.#lanes].map((lane) => this.#end(lane, 'the host is stopping')));
  }

  /** The lane for new requests, started if there is none. */
  #lane(): Lane {
    if (this.#closed) throw new HostError('internal', 'a request came after the host was closed');
    this.#current ??= this.#open();
    return this.#current;
  }

  #open(): Lane {
    this.#generation += 1;
    const lane: Lane = {
      thread: new GuestThread(
        { ...this.#setup, memory: this.#replica.snapshot, generation: this.#generation },
        {
          change: (change) => this.#replica.apply(change),
          message: (message) => this.#receive(lane, message),
          crash: (error) => {
            this.#events.crash(error);
            void this.#end(lane, 'the guest thread broke down; see the messages of the host');
          },
        },
      ),
      exchanges: new Map(),
      pinged: undefined,
      retired: false,
    };
    this.#lanes.add(lane);
    return lane;
  }

  #receive(lane: Lane, message: FromGuest): void {
    switch (message.type) {
      case 'output':
        lane.exchanges.get(message.id)?.output(message);
        if (message.outcome !== undefined) this.#release(lane, message.id);
        return;
      case 'credit':
        lane.exchanges.get(message.id)?.credit(message.bytes);
        return;
      case 'memoryCall':
        this.callMemory(message, (answer) => lane.thread.post({ ...answer, call: message.call }));
        return;
      case 'memoryAnswer':
        this.#settleMemoryCall(message);
        return;
      case 'print':
        this.#events.print(lane.exchanges.get(message.id)?.number ?? 0, message.stream, message.bytes);
        return;
      case 'tell':
        this.#events.warning(message.text);
        return;
      case 'pong':
        lane.pinged = undefined;
        return;
      case 'skipped':
        this.#move(lane, message.id);
        return;
    }
  }

  #release(lane: Lane, id: number): void {
    lane.exchanges.delete(id);
    if (lane.retired && lane.exchanges.size === 0) void this.#end(lane, 'the guest thread was replaced');
  }

  #watch(): void {
    const now = performance.now();
    let waiting = 0;
    for (const lane of this.#lanes) {
      waiting += lane.exchanges.size;
      this.#giveUpLate(lane);
      if (lane.exchanges.size === 0) lane.pinged = undefined;
      else if (lane.pinged === undefined) {
        lane.pinged = now;
        lane.thread.post({ type: 'ping' });
      } else if (now - lane.pinged > Math.min(longestSilence, this.#requestTimeout / 2)) this.#replace(lane);
    }
    if (waiting > 0) return;
    clearInterval(this.#watchdog);
    this.#watchdog = undefined;
  }

  #giveUpLate(lane: Lane): void {
    const { begun } = lane.thread.control;
    for (const [id, exchange] of lane.exchanges) {
      // A request that waits behind a busy component is moved, not given up.
      if (id > begun || exchange.isOver || exchange.idle < this.#requestTimeout) continue;
      const reason = `the component did not answer within ${this.#requestTimeout / 1000} s`;
      exchange.fail(504, reason);
      lane.thread.post({ type: 'abort', id, reason });
    }
  }

  /** A thread that is kept busy: others go on in a new one, and it is ended once nobody waits for it. */
  #replace(lane: Lane): void {
    if (!lane.retired) {
      lane.retired = true;
      lane.thread.takeMemory();
      if (this.#current === lane) this.#current = undefined;
      this.#events.replaced();
      const begun = lane.thread.control.revoke();
      for (const id of [...lane.exchanges.keys()]) if (id > begun) this.#move(lane, id);
    }
    if ([...lane.exchanges.values()].every((exchange) => exchange.isOver)) {
      void this.#end(lane, 'the component kept its thread busy');
    }
  }

  /** Gives a request that was not begun to another thread. */
  #move(lane: Lane, id: number): void {
    const exchange = lane.exchanges.get(id);
    if (exchange === undefined) return;
    lane.exchanges.delete(id);
    if (exchange.canMove) {
      this.dispatch(exchange);
      return;
    }
    exchange.fail(503, 'the component was busy with another request that does not end; try again');
    exchange.orphan();
  }

  #settleMemoryCall(answer: MemoryAnswer): void {
    const waiting = this.#memoryCalls.get(answer.call);
    this.#memoryCalls.delete(answer.call);
    waiting?.settle(answer);
  }

  /** Whoever waits for a bucket of a thread that ended is told so. */
  #failMemoryCalls(to: Lane): void {
    for (const [id, waiting] of this.#memoryCalls) {
      if (waiting.to !== to) continue;
      const error = { case: 'other', message: 'the thread that has the bucket ended; try again' } as const;
      this.#settleMemoryCall({ type: 'memoryAnswer', call: id, error });
    }
  }

  async #end(lane: Lane, reason: string): Promise<void> {
    if (!this.#lanes.delete(lane)) return;
    if (this.#current === lane) this.#current = undefined;
    await lane.thread.close();
    this.#failMemoryCalls(lane);
    for (const exchange of lane.exchanges.values()) {
      exchange.fail(503, reason);
      exchange.orphan();
    }
    lane.exchanges.clear();
  }
}
