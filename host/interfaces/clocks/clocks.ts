import type { Holdings } from '../../runtime/worker/holdings.ts';
import type { Lifetime } from '../../runtime/worker/lifetime.ts';
import type { Clock } from '../../shared/clock.ts';
import { Pollable, readyPollable } from '../io/poll.ts';

/** Node's timers take at most 2³¹−1 ms; waiting longer goes on in steps. */
const longestTimer = 0x7fffffffn;
const second = 1_000_000_000n;

/** `wasi:clocks` for one guest. Instants and durations are in nanoseconds. */
export function clocks(
  lifetime: Lifetime,
  holdings: Holdings,
  clock: Clock,
): Record<string, Record<string, unknown>> {
  const subscribeInstant = (instant: bigint): Pollable => timer(instant, lifetime, holdings, clock);
  return {
    'wasi:clocks/wall-clock': {
      now(): { seconds: bigint; nanoseconds: number } {
        const wall = clock.wall();
        return { seconds: wall / second, nanoseconds: Number(wall % second) };
      },
      resolution: (): { seconds: bigint; nanoseconds: number } => ({ seconds: 0n, nanoseconds: 1000 }),
    },
    'wasi:clocks/monotonic-clock': {
      now: () => clock.monotonic(),
      resolution: () => 1n,
      subscribeInstant,
      subscribeDuration: (duration: bigint) => subscribeInstant(clock.monotonic() + duration),
    },
  };
}

/** A pollable that is ready once the monotonic clock has reached `instant`. */
export function timer(instant: bigint, lifetime: Lifetime, holdings: Holdings, clock: Clock): Pollable {
  const isDue = (): boolean => clock.monotonic() >= instant;
  if (isDue()) return readyPollable();
  let stop = (): void => {};
  const wait = (): Promise<void> =>
    new Promise((resolve, reject) => {
      stop();
      const done = (): void => {
        stop();
        resolve();
      };
      const timeout = clock.isFrozen ? undefined : setTimeout(done, millisecondsUntil(instant, clock));
      // Who waits looks at the time again, and waits again where it is not due.
      const ignore = clock.onChange(done);
      const forget = lifetime.onEnd((reason) => {
        stop();
        reject(reason);
      });
      const release = holdings.keepOpen(() => stop());
      stop = () => {
        stop = () => {};
        clearTimeout(timeout);
        ignore();
        forget();
        release();
      };
    });
  return new Pollable(isDue, wait, () => stop());
}

function millisecondsUntil(instant: bigint, clock: Clock): number {
  const milliseconds = (instant - clock.monotonic()) / 1_000_000n + 1n;
  return Number(milliseconds < longestTimer ? milliseconds : longestTimer);
}
