import type { Clock } from './clock.ts';
import { HostError } from './host-error.ts';
import { isMoment, MOMENT } from './moment.ts';

const frozen = 0;
/** The machine's monotonic time at which time was frozen. */
const frozenAt = 1;
/** What is added to the machine's monotonic time. */
const ahead = 2;
/** What is added to that for the time since 1970. */
const epoch = 3;
/** Whether any of it was done since the clock had the machine's time. */
const touched = 4;
const cells = 5;
const million = 1_000_000n;

/**
 * A clock that a test moves, shared by the threads of a host. The monotonic clock and the wall clock move together,
 * but for `set`, which moves the wall clock alone, as setting a machine's clock does.
 */
export class ControlledClock implements Clock {
  readonly buffer: SharedArrayBuffer;
  readonly #cells: BigInt64Array;
  readonly #listeners = new Set<() => void>();

  /** @param buffer that of the clock to follow; default: a new clock with the machine's time */
  constructor(buffer?: SharedArrayBuffer) {
    this.buffer = buffer ?? new SharedArrayBuffer(8 * cells);
    this.#cells = new BigInt64Array(this.buffer);
    if (buffer === undefined) this.reset();
  }

  get isFrozen(): boolean {
    return Atomics.load(this.#cells, frozen) === 1n;
  }

  get isMoved(): boolean {
    return Atomics.load(this.#cells, touched) === 1n;
  }

  monotonic(): bigint {
    return this.#elapsed() + Atomics.load(this.#cells, ahead);
  }

  wall(): bigint {
    return this.monotonic() + Atomics.load(this.#cells, epoch);
  }

  readonly now = (): number => Number(this.wall() / 1000n) / 1000;

  onChange(callback: () => void): () => void {
    this.#listeners.add(callback);
    return () => this.#listeners.delete(callback);
  }

  /** Tells the listeners of this thread that time was moved by another one. */
  changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** Time goes on by this much at once. Throws a `HostError` where no clock counts so far. */
  advance(nanoseconds: bigint): void {
    requireMoment((this.wall() + nanoseconds) / million);
    // The other clock may have come far while this one was set back.
    requireMoment((this.monotonic() + nanoseconds) / million);
    Atomics.add(this.#cells, ahead, nanoseconds);
    this.#touch();
  }

  /** Time stands still until it is let go; advancing moves it. */
  freeze(): void {
    if (this.isFrozen) return;
    Atomics.store(this.#cells, frozenAt, process.hrtime.bigint());
    Atomics.store(this.#cells, frozen, 1n);
    this.#touch();
  }

  /** Time goes on from where it is. */
  unfreeze(): void {
    if (!this.isFrozen) return;
    Atomics.sub(this.#cells, ahead, process.hrtime.bigint() - Atomics.load(this.#cells, frozenAt));
    Atomics.store(this.#cells, frozen, 0n);
    this.changed();
  }

  /** Sets the wall clock, in milliseconds since 1970. Throws a `HostError` where no clock counts so far. */
  set(milliseconds: number): void {
    requireMoment(milliseconds);
    const wall = BigInt(Math.round(milliseconds * 1000)) * 1000n;
    Atomics.store(this.#cells, epoch, wall - this.monotonic());
    this.#touch();
  }

  /** The machine's time again. */
  reset(): void {
    Atomics.store(this.#cells, touched, 0n);
    Atomics.store(this.#cells, frozen, 0n);
    Atomics.store(this.#cells, ahead, 0n);
    Atomics.store(this.#cells, epoch, BigInt(Date.now()) * million - process.hrtime.bigint());
    this.changed();
  }

  #touch(): void {
    Atomics.store(this.#cells, touched, 1n);
    this.changed();
  }

  #elapsed(): bigint {
    return this.isFrozen ? Atomics.load(this.#cells, frozenAt) : process.hrtime.bigint();
  }
}

function requireMoment(milliseconds: bigint | number): void {
  const given = Number(milliseconds);
  if (isMoment(given)) return;
  const moment = new Date(given);
  const shown = Number.isNaN(moment.getTime()) ? String(given) : moment.toISOString();
  throw new HostError('usage', `the clock of a host can't be at ${shown}. Expected ${MOMENT}.`);
}
