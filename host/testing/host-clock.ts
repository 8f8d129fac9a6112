import { wrongArgument } from '../composition/options/wrong-argument.ts';
import type { ControlledClock } from '../shared/controlled-clock.ts';
import { MOMENT } from '../shared/moment.ts';
import { durationOf } from './arguments.ts';
import { momentOf } from './moment-of.ts';
import type { Moment } from './options/test-host-options.ts';

const nanoseconds = 1_000_000n;

/**
 * The time of a host: the clocks of its component and the expiry of its keys. Time that is moved goes on unless it
 * is frozen.
 */
export class HostClock {
  readonly #clock: ControlledClock;
  readonly #moved: () => void;
  readonly #requireOpen: () => void;

  /**
   * @param moved tells the threads of the host
   * @param requireOpen throws where the host is closed
   */
  constructor(clock: ControlledClock, moved: () => void, requireOpen: () => void) {
    this.#clock = clock;
    this.#moved = moved;
    this.#requireOpen = requireOpen;
  }

  /** Moves both clocks on, wakes what sleeps until then, and lets keys expire. @param duration such as `61s` or milliseconds */
  advance(duration: string | number): void {
    this.#requireOpen();
    const milliseconds = durationOf('clock.advance', duration);
    this.#clock.advance(BigInt(milliseconds) * nanoseconds);
    this.#moved();
  }

  /** Time stands still from now on. */
  freeze(): void {
    this.#requireOpen();
    this.#clock.freeze();
    this.#moved();
  }

  /** Time goes on from where it stands. */
  unfreeze(): void {
    this.#requireOpen();
    this.#clock.unfreeze();
    this.#moved();
  }

  /**
   * Sets the wall clock; the monotonic clock goes on as it was.
   *
   * @param time a `Date`, milliseconds since 1970, or a moment such as `2026-01-01T00:00:00Z`, in UTC where it names no zone
   */
  set(time: Moment | number): void {
    this.#requireOpen();
    const parsed = momentOf(time);
    if ('expected' in parsed) {
      throw wrongArgument('clock.set', time, `a Date, milliseconds since 1970, or ${MOMENT}`);
    }
    this.#clock.set(parsed.value);
    this.#moved();
  }

  /** The machine's time again. */
  reset(): void {
    this.#requireOpen();
    this.#clock.reset();
    this.#moved();
  }

  /** What the component takes the time for. */
  now(): Date {
    this.#requireOpen();
    return new Date(this.#clock.now());
  }
}
