import { deepStack, shallowStack } from '../../engine/guest-stack.ts';
import { ControlledClock } from '../../shared/controlled-clock.ts';
import { HostError } from '../../shared/host-error.ts';
import type { FaultSpec } from '../fault-injection/fault.ts';
import type { HostParts } from '../host-parts.ts';
import type { PoolPart, RuntimeInterface } from '../interface.ts';
import type { ToWorker } from '../ipc/protocol.ts';
import type { Output } from '../outcome.ts';
import type { DispatchSettings } from './dispatch-settings.ts';
import type { DispatcherEvents } from './dispatcher-events.ts';
import { Intake } from './intake.ts';
import { InterfacePools } from './interface-pools.ts';
import type { Invocation } from './invocation.ts';
import { lowerPriority } from './lower-priority.ts';
import type { PooledWorker } from './pooled-worker.ts';
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
  readonly #interfaces: InterfacePools;
  readonly #leave: () => void;
  readonly #workers = new Set<PooledWorker>();
  readonly #maker: WorkerMaker;
  #replaced: Promise<void> = Promise.resolve();
  readonly #pool = new WorkerPool();
  readonly #watchdog: Watchdog;
  readonly #intake: Intake;
  readonly #suspicion = new Suspicion(() => this.#calm());
  /** What is to go wrong, where a test stands between. */
  #faults: readonly FaultSpec[] | undefined;
  #closed = false;

  constructor(
    component: ComponentToRun,
    parts: HostParts,
    settings: DispatchSettings,
    events: DispatcherEvents,
  ) {
    this.#component = component;
    this.#settings = settings;
    const { clock } = component.setup;
    const now = clock === undefined ? Date.now : new ControlledClock(clock).now;
    this.#interfaces = settings.shares ?? new InterfacePools(parts.interfaces, now);
    this.#leave = this.#interfaces.join((name, message) => this.#tellInterface(name, message));
    this.#events = events;
    this.#intake = new Intake(settings.limits, this.#pool, {
      worker: () => this.#worker(),
      give: (worker, invocation) => this.#give(worker, invocation),
      hasMemory: () => this.#maker.hasMemory,
      isSuspicious: () => this.#suspicion.isActive,
    });
    const stack = settings.isPatient === true ? deepStack : shallowStack;
    this.#maker = new WorkerMaker(parts, settings.limits, stack, this.#interfaces, {
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
      busy: (worker) => {
        if (settings.isPatient !== true) this.#bypass(worker);
      },
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
    if (this.#closed)
      throw new HostError('internal', 'a component was to be replaced after the host was closed');
    const next = this.#create(component);
    next.awaited = true;
    await next.thread.ready();
    next.awaited = false;
    this.#component = component;
    const before = this.#pool.workers;
    for (const worker of before) this.#retire(worker);
    this.#adopt(next);
    for (const worker of before) {
      worker.interfaces.reroute();
      this.#endIfDone(worker);
    }
    this.#fill();
    this.#intake.pump();
  }

  dispatch(invocation: Invocation): void {
    if (invocation.isOver) {
      invocation.orphan();
      return;
    }
    if (this.#closed) {
      invocation.giveUp('the host is stopping');
      return;
    }
    this.#intake.add(invocation);
  }

  #give(worker: PooledWorker, invocation: Invocation): void {
    worker.lastId += 1;
    worker.invocations.add(worker.lastId, invocation);
    invocation.begin(worker.thread, worker.lastId);
    this.#watchdog.wake();
  }

  /** What is to go wrong from now on, on all threads. Only where the setup of the component has `faults`. */
  injectFaults(faults: readonly FaultSpec[]): void {
    this.#faults = faults;
    this.tell({ type: 'faults', faults });
  }

  /** Tells all threads that run the component, or will. */
  tell(message: ToWorker): void {
    for (const worker of this.#workers) worker.thread.post(message);
  }

  #tellInterface(name: string, message: unknown): void {
    for (const { interfaces, thread } of this.#workers) {
      if (interfaces.has(name)) thread.post({ type: 'interface', name, message });
    }
  }

  /** For others that are to have the interfaces in common with these workers. */
  get interfaces(): InterfacePools {
    return this.#interfaces;
  }

  /** The part of an interface beside the workers. */
  pool<Pool extends PoolPart>(of: RuntimeInterface<never, Pool>): Pool {
    return this.#interfaces.get(of);
  }

  /** Ends all threads; whoever still waits gets a 503. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#leave();
    if (this.#settings.shares === undefined) this.#interfaces.close();
    this.#suspicion.close();
    this.#watchdog.close();
    const reason = 'the host is stopping';
    for (const invocation of this.#intake.clear()) invocation.giveUp(reason);
    await Promise.all([...this.#workers].map((worker) => this.#end(worker, reason)));
  }

  /** The worker for new requests, started if there is none. */
  #worker(): PooledWorker {
    if (this.#closed) throw new HostError('internal', 'a request came after the host was closed');
    return this.#pool.leastBusy ?? this.#adopt(this.#create(this.#component));
  }

  /** How many workers are to get requests. Several where one after the other may be kept busy, so that others need not wait. */
  get #wanted(): number {
    const { threads } = this.#settings;
    const maySpread = this.#settings.maySpread !== false;
    return this.#suspicion.isActive && maySpread ? Math.max(threads, suspiciousWorkers) : threads;
  }

  /** Whether one worker is the only one that gets requests. Others that share its interfaces have less to do. */
  get #isOnly(): boolean {
    return this.#wanted === 1 && this.#settings.shares === undefined;
  }

  /** For a while no thread was kept busy. */
  #calm(): void {
    const [first, ...others] = this.#pool.workers;
    for (const worker of others.slice(this.#wanted - 1)) {
      this.#retire(worker);
      this.#endIfDone(worker);
    }
    if (this.#isOnly) first?.interfaces.attach();
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

  #create({ setup }: ComponentToRun): PooledWorker {
    const faults = this.#faults;
    const worker = this.#maker.make({ setup: faults === undefined ? setup : { ...setup, faults } });
    this.#workers.add(worker);
    return worker;
  }

  #crashed(worker: PooledWorker, error: unknown): void {
    if (!worker.awaited) this.#events.crash(error);
    worker.interfaces.lose();
    void this.#end(worker, 'the worker broke down; see the messages of the host');
    // One that could not even be started would not be the next time.
    if (worker.isReady) this.#fill();
  }

  /** From now on it gets requests. */
  #adopt(worker: PooledWorker): PooledWorker {
    if (this.#isOnly) worker.interfaces.attach();
    this.#pool.add(worker);
    return worker;
  }

  /** Others take over: this one keeps the requests that it has. */
  #retire(worker: PooledWorker): void {
    worker.retired = true;
    this.#pool.delete(worker);
    worker.interfaces.detach();
  }

  #answer(worker: PooledWorker, output: Output): void {
    worker.invocations.get(output.id)?.output(output);
    if (output.outcome?.trap?.isStackExhausted) this.#deepen();
    if (output.outcome === undefined) return;
    worker.interfaces.answered();
    this.#release(worker, output.id);
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
    if (worker.invocations.get(id) === undefined) return;
    worker.invocations.delete(id);
    this.#endIfDone(worker);
    this.#intake.ended();
  }

  /** A worker that was replaced ends with its last request, and not before it has passed on the calls of others. */
  #endIfDone(worker: PooledWorker): void {
    if (!worker.retired || worker.invocations.size > 0 || worker.interfaces.isAwaited) return;
    void this.#end(worker, 'the worker was replaced');
  }

  /** A thread that is kept busy: others go on in a new one, and it is ended once nobody waits for it. */
  #bypass(worker: PooledWorker): void {
    if (!worker.bypassed) {
      worker.bypassed = true;
      if (!worker.retired) {
        this.#suspicion.note();
        this.#retire(worker);
        worker.interfaces.reroute();
        this.#fill();
        this.#events.replaced();
        lowerPriority(worker.thread.control.systemId);
      }
      const begun = worker.thread.control.revoke();
      for (const [id] of worker.invocations.entries()) if (id > begun) this.#move(worker, id);
    }
    if (worker.invocations.entries().every(([, invocation]) => invocation.isOver)) {
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
    const invocation = worker.invocations.get(id);
    if (invocation === undefined) return;
    worker.invocations.delete(id);
    if (invocation.canMove) this.dispatch(invocation);
    else invocation.giveUp('the component was busy with another request that does not end; try again');
    this.#intake.ended();
  }

  async #end(worker: PooledWorker, reason: string): Promise<void> {
    if (!this.#workers.delete(worker)) return;
    this.#pool.delete(worker);
    await worker.thread.close();
    this.#maker.ended(worker);
    worker.interfaces.end();
    for (const [id, invocation] of worker.invocations.entries()) {
      worker.invocations.delete(id);
      invocation.giveUp(reason);
      this.#intake.ended();
    }
  }
}
