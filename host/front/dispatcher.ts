import type { LoadedComponent } from '../component/load.ts';
import type { Limits } from '../config/limits.ts';
import { ControlledClock } from '../controlled-clock.ts';
import type { GuestSetup, MemoryAnswer, MemoryCall, ReceivedOutput, ToGuest } from '../guest/protocol.ts';
import { deepStack, shallowStack } from '../guest-stack.ts';
import { HostError, reasonOf } from '../host-error.ts';
import type { DispatcherEvents } from './dispatcher-events.ts';
import type { Exchange } from './exchange.ts';
import { type GuestMessage, GuestThread } from './guest-thread.ts';
import { Intake } from './intake.ts';
import { giveUp, Lane } from './lane.ts';
import { LaneMemory } from './lane-memory.ts';
import { LanePool } from './lane-pool.ts';
import { lowerPriority } from './lower-priority.ts';
import { Watchdog } from './watchdog.ts';

/** What of a thread's setup is the same for all threads that run a component. */
export type ComponentSetup = Omit<
  GuestSetup,
  'control' | 'generation' | 'channel' | 'changes' | 'codeCache' | 'stackSize' | 'memory'
>;

/** A component that threads are to run. */
export interface ComponentToRun extends Pick<LoadedComponent, 'noting'> {
  readonly setup: ComponentSetup;
}

/** What of a host's settings is about its threads. */
export interface DispatchSettings {
  /** How many threads run the component. */
  readonly threads: number;
  /** Milliseconds without progress after which a request is given up. */
  readonly requestTimeout: number;
  readonly limits: Omit<Limits, 'connections' | 'connectionsPerAddress'>;
}

/** Gives requests to the guest threads and watches over them. */
export class Dispatcher {
  #component: ComponentToRun;
  readonly #settings: DispatchSettings;
  readonly #events: DispatcherEvents;
  readonly #memory: LaneMemory;
  readonly #lanes = new Set<Lane>();
  /** How many pages of memory the instances of all threads have. */
  readonly #pages = new Int32Array(new SharedArrayBuffer(4));
  #generation = 0;
  #stackSize = shallowStack;
  #replaced: Promise<void> = Promise.resolve();
  readonly #pool = new LanePool();
  readonly #watchdog: Watchdog;
  readonly #intake: Intake;
  /** What a thread that is started later has to be told too. */
  #faults: ToGuest | undefined;
  #closed = false;

  constructor(component: ComponentToRun, settings: DispatchSettings, events: DispatcherEvents) {
    this.#component = component;
    this.#settings = settings;
    const { clock } = component.setup;
    this.#memory = new LaneMemory(
      settings.threads,
      clock === undefined ? Date.now : new ControlledClock(clock).now,
    );
    this.#events = events;
    this.#intake = new Intake(settings.limits, this.#pool, {
      lane: () => this.#lane(),
      give: (lane, exchange) => this.#give(lane, exchange),
    });
    this.#watchdog = new Watchdog(this.#lanes, settings.requestTimeout, {
      busy: (lane) => this.#bypass(lane),
      looked: () => {
        this.#intake.expire(settings.requestTimeout);
        this.#intake.pump();
      },
    });
  }

  /** Starts the first guest thread, then the others. Throws a `HostError` when the component's glue can't be loaded. */
  async start(): Promise<void> {
    const lane = this.#lane();
    lane.awaited = true;
    await lane.thread.ready();
    lane.awaited = false;
    this.#fill();
  }

  /**
   * Starts a thread for another component. The present one serves until that thread is ready; its requests end where
   * they are, and the in-memory buckets move. Throws a `HostError` when the thread can't be started; then the
   * present component goes on.
   */
  replace(component: ComponentToRun): Promise<void> {
    const done = this.#replaced.catch(() => {}).then(() => this.#replaceNow(component));
    this.#replaced = done;
    return done;
  }

  async #replaceNow(component: ComponentToRun): Promise<void> {
    const next = this.#create(component);
    next.awaited = true;
    await next.thread.ready();
    next.awaited = false;
    this.#component = component;
    const before = this.#pool.lanes;
    for (const lane of before) this.#retire(lane);
    this.#adopt(next);
    for (const lane of before) {
      this.#memory.reroute(lane.thread);
      this.#endIfDone(lane);
    }
    this.#fill();
    this.#intake.pump();
  }

  dispatch(exchange: Exchange): void {
    if (exchange.isOver) {
      exchange.orphan();
      return;
    }
    if (this.#closed) {
      giveUp(exchange, 'the host is stopping');
      return;
    }
    this.#intake.add(exchange);
  }

  #give(lane: Lane, exchange: Exchange): void {
    lane.lastId += 1;
    lane.exchanges.add(lane.lastId, exchange);
    exchange.begin(lane.thread, lane.lastId);
    this.#watchdog.wake();
  }

  /** Tells all threads that run the component, or will. */
  tell(message: ToGuest): void {
    if (message.type === 'faults') this.#faults = message;
    for (const lane of this.#lanes) lane.thread.post(message);
  }

  /** Calls an in-memory bucket of the component; `settle` gets the answer, later. */
  callMemory(call: Omit<MemoryCall, 'type' | 'call'>, settle: (answer: MemoryAnswer) => void): void {
    this.#memory.call({ post: settle }, { type: 'memoryCall', call: 0, ...call });
  }

  /** Ends all threads; whoever still waits gets a 503. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#watchdog.close();
    const reason = 'the host is stopping';
    for (const exchange of this.#intake.clear()) giveUp(exchange, reason);
    await Promise.all([...this.#lanes].map((lane) => this.#end(lane, reason)));
  }

  /** The lane for new requests, started if there is none. Where it is the only one, the in-memory buckets are there. */
  #lane(): Lane {
    if (this.#closed) throw new HostError('internal', 'a request came after the host was closed');
    return this.#pool.leastBusy ?? this.#adopt(this.#create(this.#component));
  }

  /** Starts as many lanes as the settings want. */
  #fill(): void {
    while (!this.#closed && this.#pool.lanes.length < this.#settings.threads) {
      this.#adopt(this.#create(this.#component));
    }
  }

  #create({ setup, noting }: ComponentToRun): Lane {
    this.#generation += 1;
    const { memory, totalMemory } = this.#settings.limits;
    const setupOfThread = {
      ...setup,
      memory: { memory, totalMemory, used: this.#pages.buffer },
      generation: this.#generation,
      stackSize: this.#stackSize,
    };
    const lane = new Lane(
      noting,
      (started) =>
        new GuestThread(setupOfThread, {
          change: (change) => this.#memory.apply(change),
          fault: (error) => this.#events.fault(error),
          ready: () => {
            started.isReady = true;
          },
          output: (output) => this.#answer(started, output),
          message: (message) => this.#receive(started, message),
          crash: (error) => this.#crashed(started, error),
        }),
    );
    this.#lanes.add(lane);
    if (this.#faults !== undefined) lane.thread.post(this.#faults);
    return lane;
  }

  #crashed(lane: Lane, error: unknown): void {
    if (!lane.awaited) this.#events.crash(error);
    this.#memory.release(lane.thread);
    void this.#end(lane, 'the guest thread broke down; see the messages of the host');
    // One that could not even be started would not be the next time.
    if (lane.isReady) this.#fill();
  }

  /** From now on it gets requests. */
  #adopt(lane: Lane): Lane {
    this.#memory.attach(lane.thread);
    this.#pool.add(lane);
    return lane;
  }

  /** Others take over: this one keeps the requests that it has. */
  #retire(lane: Lane): void {
    lane.retired = true;
    this.#pool.delete(lane);
    this.#memory.detach(lane.thread);
  }

  #answer(lane: Lane, output: ReceivedOutput): void {
    lane.exchanges.get(output.id)?.output(output);
    if (output.outcome?.trap?.isStackExhausted) this.#deepen();
    if (output.outcome !== undefined) this.#release(lane, output.id);
  }

  #receive(lane: Lane, message: GuestMessage): void {
    switch (message.type) {
      case 'read':
        lane.exchanges.get(message.id)?.read();
        return;
      case 'progress':
        lane.exchanges.get(message.id)?.progress();
        return;
      case 'credit':
        lane.exchanges.get(message.id)?.credit(message.bytes);
        return;
      case 'memoryTaken':
        this.#memory.taken(lane.thread);
        return;
      case 'memoryCall':
        this.#memory.call(lane.thread, message);
        return;
      case 'memoryAnswer':
        this.#memory.answer(message);
        this.#endIfDone(lane);
        return;
      case 'print':
        this.#print(lane, message);
        return;
      case 'step':
        this.#events.step?.(message.step);
        return;
      case 'tell':
        this.#events.warning(message.text);
        return;
      case 'position':
        this.#pool.share(lane, message.position);
        return;
      case 'pong':
        lane.isPinged = false;
        return;
      case 'short':
        void this.#quicken(lane);
        return;
      case 'skipped':
        this.#move(lane, message.id);
        return;
    }
  }

  #print(lane: Lane, { id, stream, bytes }: Extract<GuestMessage, { type: 'print' }>): void {
    const exchange = lane.exchanges.get(id);
    const taken = this.#events.print(exchange?.number ?? 0, stream, bytes);
    if (taken === undefined) lane.printed(bytes.length);
    else taken.then(() => lane.printed(bytes.length));
  }

  /** A guest may need more of a stack than it had: later ones get it. */
  #deepen(): void {
    if (this.#stackSize === deepStack) return;
    this.#stackSize = deepStack;
    this.#events.warning(
      `a request used up its stack of ${shallowStack} KiB; from now on each gets ${deepStack} KiB`,
    );
    // A thread that can't be started again is told by the next request's.
    this.replace(this.#component).catch(() => {});
  }

  /** Requests are short: modules that are made for that are worth making. */
  async #quicken(lane: Lane): Promise<void> {
    try {
      const modules = await lane.noting();
      if (this.#lanes.has(lane)) lane.thread.post({ type: 'noting', modules });
    } catch (error) {
      this.#events.warning(`requests go on as they are, not faster: ${reasonOf(error)}`);
    }
  }

  #release(lane: Lane, id: number): void {
    if (lane.exchanges.get(id) === undefined) return;
    lane.exchanges.delete(id);
    this.#endIfDone(lane);
    this.#intake.ended();
  }

  /** A lane that was replaced ends with its last request, and not before it has passed on the calls of others. */
  #endIfDone(lane: Lane): void {
    if (!lane.retired || lane.exchanges.size > 0 || this.#memory.isExpectedOf(lane.thread)) return;
    void this.#end(lane, 'the guest thread was replaced');
  }

  /** A thread that is kept busy: others go on in a new one, and it is ended once nobody waits for it. */
  #bypass(lane: Lane): void {
    if (!lane.bypassed) {
      lane.bypassed = true;
      if (!lane.retired) {
        this.#retire(lane);
        this.#memory.reroute(lane.thread);
        this.#fill();
        this.#events.replaced();
        lowerPriority(lane.thread.control.systemId);
      }
      const begun = lane.thread.control.revoke();
      for (const [id] of lane.exchanges.entries()) if (id > begun) this.#move(lane, id);
    }
    if (lane.exchanges.entries().every(([, exchange]) => exchange.isOver)) {
      void this.#end(lane, 'the component kept its thread busy');
    }
  }

  /** Gives a request that was not begun to another thread. */
  #move(lane: Lane, id: number): void {
    const exchange = lane.exchanges.get(id);
    if (exchange === undefined) return;
    lane.exchanges.delete(id);
    if (exchange.canMove) this.dispatch(exchange);
    else giveUp(exchange, 'the component was busy with another request that does not end; try again');
    this.#intake.ended();
  }

  async #end(lane: Lane, reason: string): Promise<void> {
    if (!this.#lanes.delete(lane)) return;
    this.#pool.delete(lane);
    await lane.thread.close();
    Atomics.sub(this.#pages, 0, lane.thread.control.memoryPages);
    this.#memory.fail(lane.thread);
    for (const [id, exchange] of lane.exchanges.entries()) {
      lane.exchanges.delete(id);
      giveUp(exchange, reason);
      this.#intake.ended();
    }
  }
}
