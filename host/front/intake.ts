import type { Limits } from '../config/limits.ts';
import type { Exchange } from './exchange.ts';
import type { Lane } from './lane.ts';
import type { LanePool } from './lane-pool.ts';
import { RequestQueue } from './request-queue.ts';

/** How often it is looked whether threads can take requests that wait, in milliseconds; most are given with an answer. */
const pumpEvery = 1;

/** Who gives requests to lanes. */
export interface IntakeOwner {
  /** The lane for the next request. */
  lane(): Lane;
  give(lane: Lane, exchange: Exchange): void;
  /** Whether instances for further requests would find the memory that they begin with. */
  hasMemory(): boolean;
  /** Whether requests came a moment ago that keep their threads busy. */
  isSuspicious(): boolean;
}

/** Gives requests to lanes that come to them soon, and lets the others wait. */
export class Intake {
  readonly #limits: Pick<Limits, 'concurrentRequests' | 'queuedRequests' | 'queueWait'>;
  readonly #pool: LanePool;
  readonly #owner: IntakeOwner;
  readonly #queue: RequestQueue;
  #pumping: NodeJS.Timeout | undefined;
  /** How many requests lanes have. */
  #running = 0;

  constructor(
    limits: Pick<Limits, 'concurrentRequests' | 'queuedRequests' | 'queueWait'>,
    pool: LanePool,
    owner: IntakeOwner,
  ) {
    this.#limits = limits;
    this.#pool = pool;
    this.#owner = owner;
    this.#queue = new RequestQueue(limits);
  }

  /** Takes a request. */
  add(exchange: Exchange): void {
    const lane = this.#queue.isEmpty ? this.#laneWithRoom() : undefined;
    if (lane !== undefined) this.#give(lane, exchange);
    else this.#enqueue(exchange);
  }

  /** A lane has one request less. */
  ended(): void {
    this.#running -= 1;
    if (!this.#queue.isEmpty) this.pump();
  }

  /** Gives requests that wait to lanes that have room for them. */
  pump(): void {
    if (this.#queue.isEmpty) return;
    const now = performance.now();
    for (const { pace, thread } of this.#pool.lanes) pace.measure(now, thread.control.begun);
    for (let lane = this.#laneWithRoom(); lane !== undefined; lane = this.#laneWithRoom()) {
      const exchange = this.#queue.take();
      if (exchange === undefined) return;
      this.#give(lane, exchange);
    }
    this.#pumpSoon();
  }

  /** Refuses those that have waited for too long. @param longest milliseconds */
  expire(longest: number): void {
    this.#queue.expire(longest);
  }

  /** Takes back all that wait. */
  clear(): Exchange[] {
    clearTimeout(this.#pumping);
    return this.#queue.clear();
  }

  #give(lane: Lane, exchange: Exchange): void {
    this.#running += 1;
    this.#owner.give(lane, exchange);
  }

  #enqueue(exchange: Exchange): void {
    const { pace, thread } = this.#owner.lane();
    if (this.#queue.isEmpty) pace.start(performance.now(), thread.control.begun);
    this.#queue.add(exchange);
    this.#pumpSoon();
  }

  #pumpSoon(): void {
    this.#pumping ??= setTimeout(() => {
      this.#pumping = undefined;
      this.pump();
    }, pumpEvery);
  }

  /** The lane for another request, unless there are too many already. */
  #laneWithRoom(): Lane | undefined {
    if (this.#running >= this.#limits.concurrentRequests) return undefined;
    if (this.#running > 0 && !this.#owner.hasMemory()) return undefined;
    const lane = this.#owner.lane();
    return lane.hasRoom(this.#owner.isSuspicious()) ? lane : undefined;
  }
}
