import type { FromGuest, GuestSetup, MemoryAnswer, MemoryCall } from '../guest/protocol.ts';
import { isOutput, unpackOutput } from '../guest/wire.ts';
import { deepStack, shallowStack } from '../guest-stack.ts';
import { HostError } from '../host-error.ts';
import type { Exchange } from './exchange.ts';
import { GuestThread } from './guest-thread.ts';
import { giveUp, type Lane } from './lane.ts';
import { MemoryCalls } from './memory-calls.ts';
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

/** What of a thread's setup is the same for all threads that run a component. */
export type ComponentSetup = Omit<
  GuestSetup,
  'control' | 'generation' | 'port' | 'changes' | 'codeCache' | 'stackSize'
>;

/** Gives requests to the guest thread and watches over it. */
export class Dispatcher {
  #setup: ComponentSetup;
  readonly #requestTimeout: number;
  readonly #events: DispatcherEvents;
  readonly #replica = new MemoryReplica();
  readonly #lanes = new Set<Lane>();
  #generation = 0;
  #stackSize = shallowStack;
  #replaced: Promise<void> = Promise.resolve();
  #current: Lane | undefined;
  /** The requests that wait for a new component; undefined when none is being started. */
  #held: Exchange[] | undefined;
  readonly #memoryCalls = new MemoryCalls();
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
    const lane = this.#lane();
    lane.awaited = true;
    await lane.thread.ready();
    lane.awaited = false;
  }

  /**
   * Starts a thread for another component. Requests that come meanwhile wait for it, those under way end where
   * they are, and the in-memory buckets move. Throws a `HostError` when the thread can't be started; then the
   * present component goes on.
   */
  replace(setup: ComponentSetup): Promise<void> {
    const done = this.#replaced.catch(() => {}).then(() => this.#replaceNow(setup));
    this.#replaced = done;
    return done;
  }

  async #replaceNow(setup: ComponentSetup): Promise<void> {
    const next = this.#create(setup);
    next.awaited = true;
    this.#held = [];
    try {
      await next.thread.ready();
      next.awaited = false;
      this.#setup = setup;
      const before = this.#current;
      if (before !== undefined) this.#retire(before);
      this.#adopt(next);
      if (before !== undefined) this.#endIfDone(before);
    } finally {
      const held = this.#held;
      this.#held = undefined;
      for (const exchange of held) this.dispatch(exchange);
    }
  }

  dispatch(exchange: Exchange): void {
    if (exchange.isOver) {
      exchange.orphan();
      return;
    }
    if (this.#held !== undefined) {
      this.#held.push(exchange);
      return;
    }
    const lane = this.#lane();
    const id = lane.thread.nextId();
    lane.exchanges.set(id, exchange);
    exchange.begin({ id, post: (message, transfer) => lane.thread.post(message, transfer) });
    this.#watchdog ??= setInterval(() => this.#watch(), watchInterval);
  }

  /** Calls an in-memory bucket of the component; `settle` gets the answer, later. */
  callMemory(call: Omit<MemoryCall, 'type' | 'call'>, settle: (answer: MemoryAnswer) => void): void {
    const message = { type: 'memoryCall', call: 0, ...call } as const;
    this.#memoryCalls.forward({ post: settle }, this.#lane().thread, message);
  }

  /** Ends all threads; whoever still waits gets a 503. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#watchdog);
    const reason = 'the host is stopping';
    for (const exchange of this.#held?.splice(0) ?? []) giveUp(exchange, reason);
    await Promise.all([...this.#lanes].map((lane) => this.#end(lane, reason)));
  }

  /** The lane for new requests, started if there is none. */
  #lane(): Lane {
    if (this.#closed) throw new HostError('internal', 'a request came after the host was closed');
    return this.#current ?? this.#adopt(this.#create(this.#setup));
  }

  #create(setup: ComponentSetup): Lane {
    this.#generation += 1;
    const lane: Lane = {
      thread: new GuestThread(
        { ...setup, generation: this.#generation, stackSize: this.#stackSize },
        {
          change: (change) => this.#replica.apply(change),
          message: (message) => this.#receive(lane, message),
          crash: (error) => {
            if (!lane.awaited) this.#events.crash(error);
            void this.#end(lane, 'the guest thread broke down; see the messages of the host');
          },
        },
      ),
      exchanges: new Map(),
      pinged: undefined,
      awaited: false,
      retired: false,
      bypassed: false,
    };
    this.#lanes.add(lane);
    return lane;
  }

  /** Makes it the lane for new requests, which owns the in-memory buckets. */
  #adopt(lane: Lane): Lane {
    lane.thread.post({ type: 'memory', snapshot: this.#replica.snapshot });
    this.#current = lane;
    return lane;
  }

  /** Another lane takes over: this one keeps the requests that it has. */
  #retire(lane: Lane): void {
    lane.retired = true;
    lane.thread.takeMemory();
    if (this.#current === lane) this.#current = undefined;
  }

  #receive(lane: Lane, message: FromGuest): void {
    if (isOutput(message)) {
      const output = unpackOutput(message);
      lane.exchanges.get(output.id)?.output(output);
      if (output.outcome?.trap?.isStackExhausted) this.#deepen();
      if (output.outcome !== undefined) this.#release(lane, output.id);
      return;
    }
    switch (message.type) {
      case 'credit':
        lane.exchanges.get(message.id)?.credit(message.bytes);
        return;
      case 'memoryCall':
        this.#memoryCalls.forward(lane.thread, this.#lane().thread, message);
        return;
      case 'memoryAnswer':
        this.#memoryCalls.answer(message, () => this.#lane().thread);
        this.#endIfDone(lane);
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

  /** A guest may need more of a stack than it had: later ones get it. */
  #deepen(): void {
    if (this.#stackSize === deepStack) return;
    this.#stackSize = deepStack;
    this.#events.warning(
      `a request used up its stack of ${shallowStack} KiB; from now on each gets ${deepStack} KiB`,
    );
    // A thread that can't be started again is told by the next request's.
    this.replace(this.#setup).catch(() => {});
  }

  #release(lane: Lane, id: number): void {
    lane.exchanges.delete(id);
    this.#endIfDone(lane);
  }

  /** A lane that was replaced ends with its last request, and not before it has passed on the calls of others. */
  #endIfDone(lane: Lane): void {
    if (!lane.retired || lane.exchanges.size > 0 || this.#memoryCalls.areExpectedOf(lane.thread)) return;
    void this.#end(lane, 'the guest thread was replaced');
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
      } else if (now - lane.pinged > Math.min(longestSilence, this.#requestTimeout / 2)) this.#bypass(lane);
    }
    if (waiting > 0) return;
    clearInterval(this.#watchdog);
    this.#watchdog = undefined;
  }

  #giveUpLate(lane: Lane): void {
    const { begun } = lane.thread.control;
    for (const [id, exchange] of lane.exchanges) {
      // A request that waits behind a busy component is moved, not given up.
      if (id > begun || exchange.isOver) continue;
      exchange.hasBegun();
      if (exchange.idle < this.#requestTimeout) continue;
      const reason = `the component did not answer within ${this.#requestTimeout / 1000} s`;
      exchange.fail(504, reason);
      lane.thread.post({ type: 'abort', id, reason });
    }
  }

  /** A thread that is kept busy: others go on in a new one, and it is ended once nobody waits for it. */
  #bypass(lane: Lane): void {
    if (!lane.bypassed) {
      lane.bypassed = true;
      if (!lane.retired) {
        this.#retire(lane);
        this.#events.replaced();
      }
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
    giveUp(exchange, 'the component was busy with another request that does not end; try again');
  }

  async #end(lane: Lane, reason: string): Promise<void> {
    if (!this.#lanes.delete(lane)) return;
    if (this.#current === lane) this.#current = undefined;
    await lane.thread.close();
    this.#memoryCalls.fail(lane.thread);
    for (const exchange of lane.exchanges.values()) giveUp(exchange, reason);
    lane.exchanges.clear();
  }
}
