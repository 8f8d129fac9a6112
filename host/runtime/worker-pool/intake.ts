import type { MemoryLimits, RuntimeLimits } from '../limits.ts';
import type { Invocation } from './invocation.ts';
import type { PooledWorker } from './pooled-worker.ts';
import { RequestQueue } from './request-queue.ts';
import type { WorkerPool } from './worker-pool.ts';

/** How often it is looked whether threads can take requests that wait, in milliseconds; most are given with an answer. */
const pumpEvery = 1;

/** Who gives requests to workers. */
export interface IntakeOwner {
  /** The worker for the next request. */
  worker(): PooledWorker;
  give(worker: PooledWorker, invocation: Invocation): void;
  /** Whether instances for further requests would find the memory that they begin with. */
  hasMemory(): boolean;
  /** Whether requests came a moment ago that keep their threads busy. */
  isSuspicious(): boolean;
}

/** Gives requests to workers that come to them soon, and lets the others wait. */
export class Intake {
  readonly #limits: Omit<RuntimeLimits, keyof MemoryLimits>;
  readonly #pool: WorkerPool;
  readonly #owner: IntakeOwner;
  readonly #queue: RequestQueue;
  #pumping: NodeJS.Timeout | undefined;
  /** How many requests workers have. */
  #running = 0;

  constructor(limits: Omit<RuntimeLimits, keyof MemoryLimits>, pool: WorkerPool, owner: IntakeOwner) {
    this.#limits = limits;
    this.#pool = pool;
    this.#owner = owner;
    this.#queue = new RequestQueue(limits);
  }

  /** Takes a request. */
  add(invocation: Invocation): void {
    // Others may wait for what comes of it, and must not keep it from being begun.
    if (invocation.isBounded === true) {
      this.#give(this.#owner.worker(), invocation);
      return;
    }
    const worker = this.#queue.isEmpty ? this.#laneWithRoom() : undefined;
    if (worker !== undefined) this.#give(worker, invocation);
    else this.#enqueue(invocation);
  }

  /** A worker has one request less. */
  ended(): void {
    this.#running -= 1;
    if (!this.#queue.isEmpty) this.pump();
  }

  /** Gives requests that wait to workers that have room for them. */
  pump(): void {
    if (this.#queue.isEmpty) return;
    const now = performance.now();
    for (const { pace, thread } of this.#pool.workers) pace.measure(now, thread.control.begun);
    for (let worker = this.#laneWithRoom(); worker !== undefined; worker = this.#laneWithRoom()) {
      const invocation = this.#queue.take();
      if (invocation === undefined) return;
      this.#give(worker, invocation);
    }
    this.#pumpSoon();
  }

  /** Refuses those that have waited for too long. @param longest milliseconds */
  expire(longest: number): void {
    this.#queue.expire(longest);
  }

  /** Takes back all that wait. */
  clear(): Invocation[] {
    clearTimeout(this.#pumping);
    return this.#queue.clear();
  }

  #give(worker: PooledWorker, invocation: Invocation): void {
    this.#running += 1;
    this.#owner.give(worker, invocation);
  }

  #enqueue(invocation: Invocation): void {
    const { pace, thread } = this.#owner.worker();
    if (this.#queue.isEmpty) pace.start(performance.now(), thread.control.begun);
    this.#queue.add(invocation);
    this.#pumpSoon();
  }

  #pumpSoon(): void {
    this.#pumping ??= setTimeout(() => {
      this.#pumping = undefined;
      this.pump();
    }, pumpEvery);
  }

  /** The worker for another request, unless there are too many already. */
  #laneWithRoom(): PooledWorker | undefined {
    if (this.#running >= this.#limits.concurrentRequests) return undefined;
    if (this.#running > 0 && !this.#owner.hasMemory()) return undefined;
    const worker = this.#owner.worker();
    return worker.hasRoom(this.#owner.isSuspicious()) ? worker : undefined;
  }
}
