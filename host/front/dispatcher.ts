import { ControlledClock } from '../controlled-clock.ts';
import type { MemoryAnswer, MemoryCall, ReceivedOutput, ToGuest } from '../guest/protocol.ts';
import { deepStack, shallowStack } from '../guest-stack.ts';
import { HostError } from '../host-error.ts';
import type { DispatchSettings } from './dispatch-settings.ts';
import type { DispatcherEvents } from './dispatcher-events.ts';
import type { Exchange } from './exchange.ts';
import { Intake } from './intake.ts';
import { giveUp, type Lane } from './lane.ts';
import { type ComponentToRun, LaneMaker } from './lane-maker.ts';
import { LaneMemory } from './lane-memory.ts';
import { LanePool } from './lane-pool.ts';
import { lowerPriority } from './lower-priority.ts';
import { Suspicion } from './suspicion.ts';
import { Watchdog } from './watchdog.ts';

/** How many threads get requests while that is remembered. */
const suspiciousLanes = 6;
/** How many threads may be kept busy, each by a request whose time is not up. */
const mostBypassed = 64;

/** Gives requests to the guest threads and watches over them. */
export class Dispatcher {
  #component: ComponentToRun;
  readonly #settings: DispatchSettings;
  readonly #events: DispatcherEvents;
  readonly #memory: LaneMemory;
  readonly #lanes = new Set<Lane>();
  readonly #maker: LaneMaker;
  #replaced: Promise<void> = Promise.resolve();
  readonly #pool = new LanePool();
  readonly #watchdog: Watchdog;
  readonly #intake: Intake;
  readonly #suspicion = new Suspicion(() => this.#calm());
  #closed = false;

  constructor(component: ComponentToRun, settings: DispatchSettings, events: DispatcherEvents) {
    this.#component = component;
    this.#settings = settings;
    const { clock } = component.setup;
    this.#memory = new LaneMemory(clock === undefined ? Date.now : new ControlledClock(clock).now);
    this.#events = events;
    this.#intake = new Intake(settings.limits, this.#pool, {
      lane: () => this.#lane(),
      give: (lane, exchange) => this.#give(lane, exchange),
      hasMemory: () => this.#maker.hasMemory,
      isSuspicious: () => this.#suspicion.isActive,
    });
    this.#maker = new LaneMaker(settings.limits, {
      memory: this.#memory,
      pool: this.#pool,
      events,
      endIfDone: (lane) => this.#endIfDone(lane),
      move: (lane, id) => this.#move(lane, id),
      answer: (lane, output) => this.#answer(lane, output),
      crashed: (lane, error) => this.#crashed(lane, error),
      ready: () => {
        if (this.#suspicion.isActive) this.#fill();
      },
    });
    this.#watchdog = new Watchdog(this.#lanes, settings.requestTimeout, {
      busy: (lane) => this.#bypass(lane),
      isSuspicious: () => this.#suspicion.isActive,
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
    if (message.type === 'faults') this.#maker.faults = message;
    for (const lane of this.#lanes) lane.thread.post(message);
  }

  /** Calls an in-memory bucket of the component; `settle` gets the answer, later. */
  callMemory(call: Omit<MemoryCall, 'type' | 'call'>, settle: (answer: MemoryAnswer) => void): void {
    if (this.#closed) {
      settle({ type: 'memoryAnswer', call: 0, error: { case: 'other', message: 'the host is stopping' } });
      return;
    }
    this.#memory.call({ post: settle }, { type: 'memoryCall', call: 0, ...call });
  }

  /** The in-memory buckets whose names begin with a text. */
  memoryBuckets(start: string): string[] {
    return this.#memory.buckets(start);
  }

  /** Ends all threads; whoever still waits gets a 503. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#suspicion.close();
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

  /** How many lanes are to get requests. Several where one after the other may be kept busy, so that others need not wait. */
  get #wanted(): number {
    const { threads } = this.#settings;
    const maySpread = this.#component.setup.isIntercepted !== true;
    return this.#suspicion.isActive && maySpread ? Math.max(threads, suspiciousLanes) : threads;
  }

  /** For a while no thread was kept busy. */
  #calm(): void {
    const [first, ...others] = this.#pool.lanes;
    for (const lane of others.slice(this.#wanted - 1)) {
      this.#retire(lane);
      this.#endIfDone(lane);
    }
    if (first !== undefined && this.#wanted === 1) this.#memory.attach(first.thread);
  }

  /** Starts as many lanes as are wanted; those beyond the settings' one after the other, so that the first is there soon. */
  #fill(): void {
    const { threads } = this.#settings;
    while (!this.#closed && this.#pool.lanes.length < this.#wanted) {
      const { lanes } = this.#pool;
      if (lanes.length >= threads && lanes.some(({ isReady }) => !isReady)) return;
      this.#adopt(this.#create(this.#component));
    }
  }

  #create(component: ComponentToRun): Lane {
    const lane = this.#maker.make(component);
    this.#lanes.add(lane);
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
    if (this.#wanted === 1) this.#memory.attach(lane.thread);
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

  /** A guest may need more of a stack than it had: later ones get it. */
  #deepen(): void {
    if (!this.#maker.deepen()) return;
    this.#events.warning(
      `a request used up its stack of ${shallowStack} KiB; from now on each gets ${deepStack} KiB`,
    );
    // A thread that can't be started again is told by the next request's.
    this.replace(this.#component).catch(() => {});
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
        this.#suspicion.note();
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
    this.#boundBypassed();
  }

  /** A thread that computes for ever costs memory and time; of many the oldest are ended before their requests' time is up. */
  #boundBypassed(): void {
    const bypassed = [...this.#lanes].filter((lane) => lane.bypassed);
    for (const lane of bypassed.slice(0, -mostBypassed)) {
      void this.#end(lane, `the component keeps more than ${mostBypassed} threads busy`);
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
    this.#maker.ended(lane);
    this.#memory.fail(lane.thread);
    for (const [id, exchange] of lane.exchanges.entries()) {
      lane.exchanges.delete(id);
      giveUp(exchange, reason);
      this.#intake.ended();
    }
  }
}
