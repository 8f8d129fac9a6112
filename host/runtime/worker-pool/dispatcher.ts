import { deepStack, shallowStack } from '../../engine/guest-stack.ts';
import { MemoryOwner } from '../../interfaces/keyvalue/shared-memory/memory-owner.ts';
import { ControlledClock } from '../../shared/controlled-clock.ts';
import { HostError } from '../../shared/host-error.ts';
import type { Exchange } from '../../triggers/http/exchange.ts';
import type { MemoryAnswer, MemoryCall, ReceivedOutput, ToWorker } from '../ipc/protocol.ts';
import type { DispatchSettings } from './dispatch-settings.ts';
import type { DispatcherEvents } from './dispatcher-events.ts';
import { Intake } from './intake.ts';
import { lowerPriority } from './lower-priority.ts';
import { giveUp, type PooledWorker } from './pooled-worker.ts';
import { Suspicion } from './suspicion.ts';
import { Watchdog } from './watchdog.ts';
import { type ComponentToRun, WorkerMaker } from './worker-maker.ts';
import { WorkerPool } from './worker-pool.ts';

/** How many threads get requests while that is remembered. */
const suspiciousWorkers = 6;
/** How many threads may be kept busy, each by a request whose time is not up. */
const mostBypassed = 64;

/** Gives requests to the workers and watches over them. */
export class Dispatcher {
  #component: ComponentToRun;
  readonly #settings: DispatchSettings;
  readonly #events: DispatcherEvents;
  readonly #memory: MemoryOwner;
  readonly #workers = new Set<PooledWorker>();
  readonly #maker: WorkerMaker;
  #replaced: Promise<void> = Promise.resolve();
  readonly #pool = new WorkerPool();
  readonly #watchdog: Watchdog;
  readonly #intake: Intake;
  readonly #suspicion = new Suspicion(() => this.#calm());
  #closed = false;

  constructor(component: ComponentToRun, settings: DispatchSettings, events: DispatcherEvents) {
    this.#component = component;
    this.#settings = settings;
    const { clock } = component.setup;
    this.#memory = new MemoryOwner(clock === undefined ? Date.now : new ControlledClock(clock).now);
    this.#events = events;
    this.#intake = new Intake(settings.limits, this.#pool, {
      worker: () => this.#worker(),
      give: (worker, exchange) => this.#give(worker, exchange),
      hasMemory: () => this.#maker.hasMemory,
      isSuspicious: () => this.#suspicion.isActive,
    });
    this.#maker = new WorkerMaker(settings.limits, {
      memory: this.#memory,
      pool: this.#pool,
      events,
      endIfDone: (worker) => this.#endIfDone(worker),
      move: (worker, id) => this.#move(worker, id),
      answer: (worker, output) => this.#answer(worker, output),
      crashed: (worker, error) => this.#crashed(worker, error),
      ready: () => {
        if (this.#suspicion.isActive) this.#fill();
      },
    });
    this.#watchdog = new Watchdog(this.#workers, settings.requestTimeout, {
      busy: (worker) => this.#bypass(worker),
      isSuspicious: () => this.#suspicion.isActive,
      looked: () => {
        this.#intake.expire(settings.requestTimeout);
        this.#intake.pump();
      },
    });
  }

  /** Starts the first worker, then the others. Throws a `HostError` when the component's glue can't be loaded. */
  async start(): Promise<void> {
    const worker = this.#worker();
    worker.awaited = true;
    await worker.thread.ready();
    worker.awaited = false;
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
    const before = this.#pool.workers;
    for (const worker of before) this.#retire(worker);
    this.#adopt(next);
    for (const worker of before) {
      this.#memory.reroute(worker.thread);
      this.#endIfDone(worker);
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

  #give(worker: PooledWorker, exchange: Exchange): void {
    worker.lastId += 1;
    worker.exchanges.add(worker.lastId, exchange);
    exchange.begin(worker.thread, worker.lastId);
    this.#watchdog.wake();
  }

  /** Tells all threads that run the component, or will. */
  tell(message: ToWorker): void {
    if (message.type === 'faults') this.#maker.faults = message;
    for (const worker of this.#workers) worker.thread.post(message);
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
    await Promise.all([...this.#workers].map((worker) => this.#end(worker, reason)));
  }

  /** The worker for new requests, started if there is none. Where it is the only one, the in-memory buckets are there. */
  #worker(): PooledWorker {
    if (this.#closed) throw new HostError('internal', 'a request came after the host was closed');
    return this.#pool.leastBusy ?? this.#adopt(this.#create(this.#component));
  }

  /** How many workers are to get requests. Several where one after the other may be kept busy, so that others need not wait. */
  get #wanted(): number {
    const { threads } = this.#settings;
    const maySpread = this.#component.setup.isIntercepted !== true;
    return this.#suspicion.isActive && maySpread ? Math.max(threads, suspiciousWorkers) : threads;
  }

  /** For a while no thread was kept busy. */
  #calm(): void {
    const [first, ...others] = this.#pool.workers;
    for (const worker of others.slice(this.#wanted - 1)) {
      this.#retire(worker);
      this.#endIfDone(worker);
    }
    if (first !== undefined && this.#wanted === 1) this.#memory.attach(first.thread);
  }

  /** Starts as many workers as are wanted; those beyond the settings' one after the other, so that the first is there soon. */
  #fill(): void {
    const { threads } = this.#settings;
    while (!this.#closed && this.#pool.workers.length < this.#wanted) {
      const { workers } = this.#pool;
      if (workers.length >= threads && workers.some(({ isReady }) => !isReady)) return;
      this.#adopt(this.#create(this.#component));
    }
  }

  #create(component: ComponentToRun): PooledWorker {
    const worker = this.#maker.make(component);
    this.#workers.add(worker);
    return worker;
  }

  #crashed(worker: PooledWorker, error: unknown): void {
    if (!worker.awaited) this.#events.crash(error);
    this.#memory.release(worker.thread);
    void this.#end(worker, 'the worker broke down; see the messages of the host');
    // One that could not even be started would not be the next time.
    if (worker.isReady) this.#fill();
  }

  /** From now on it gets requests. */
  #adopt(worker: PooledWorker): PooledWorker {
    if (this.#wanted === 1) this.#memory.attach(worker.thread);
    this.#pool.add(worker);
    return worker;
  }

  /** Others take over: this one keeps the requests that it has. */
  #retire(worker: PooledWorker): void {
    worker.retired = true;
    this.#pool.delete(worker);
    this.#memory.detach(worker.thread);
  }

  #answer(worker: PooledWorker, output: ReceivedOutput): void {
    worker.exchanges.get(output.id)?.output(output);
    if (output.outcome?.trap?.isStackExhausted) this.#deepen();
    if (output.outcome !== undefined) this.#release(worker, output.id);
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

  #release(worker: PooledWorker, id: number): void {
    if (worker.exchanges.get(id) === undefined) return;
    worker.exchanges.delete(id);
    this.#endIfDone(worker);
    this.#intake.ended();
  }

  /** A worker that was replaced ends with its last request, and not before it has passed on the calls of others. */
  #endIfDone(worker: PooledWorker): void {
    if (!worker.retired || worker.exchanges.size > 0 || this.#memory.isExpectedOf(worker.thread)) return;
    void this.#end(worker, 'the worker was replaced');
  }

  /** A thread that is kept busy: others go on in a new one, and it is ended once nobody waits for it. */
  #bypass(worker: PooledWorker): void {
    if (!worker.bypassed) {
      worker.bypassed = true;
      if (!worker.retired) {
        this.#suspicion.note();
        this.#retire(worker);
        this.#memory.reroute(worker.thread);
        this.#fill();
        this.#events.replaced();
        lowerPriority(worker.thread.control.systemId);
      }
      const begun = worker.thread.control.revoke();
      for (const [id] of worker.exchanges.entries()) if (id > begun) this.#move(worker, id);
    }
    if (worker.exchanges.entries().every(([, exchange]) => exchange.isOver)) {
      void this.#end(worker, 'the component kept its thread busy');
    }
    this.#boundBypassed();
  }

  /** A thread that computes for ever costs memory and time; of many the oldest are ended before their requests' time is up. */
  #boundBypassed(): void {
    const bypassed = [...this.#workers].filter((worker) => worker.bypassed);
    for (const worker of bypassed.slice(0, -mostBypassed)) {
      void this.#end(worker, `the component keeps more than ${mostBypassed} threads busy`);
    }
  }

  /** Gives a request that was not begun to another thread. */
  #move(worker: PooledWorker, id: number): void {
    const exchange = worker.exchanges.get(id);
    if (exchange === undefined) return;
    worker.exchanges.delete(id);
    if (exchange.canMove) this.dispatch(exchange);
    else giveUp(exchange, 'the component was busy with another request that does not end; try again');
    this.#intake.ended();
  }

  async #end(worker: PooledWorker, reason: string): Promise<void> {
    if (!this.#workers.delete(worker)) return;
    this.#pool.delete(worker);
    await worker.thread.close();
    this.#maker.ended(worker);
    this.#memory.fail(worker.thread);
    for (const [id, exchange] of worker.exchanges.entries()) {
      worker.exchanges.delete(id);
      giveUp(exchange, reason);
      this.#intake.ended();
    }
  }
}
