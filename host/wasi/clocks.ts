import type { Lifetime } from './lifetime.ts';
import { Pollable, readyPollable } from './poll.ts';

/** Node's timers take at most 2³¹−1 ms; waiting longer goes on in steps. */
const longestTimer = 0x7fffffffn;

const wallClock = {
  now(): { seconds: bigint; nanoseconds: number } {
    const milliseconds = performance.timeOrigin + performance.now();
    const seconds = Math.floor(milliseconds / 1000);
    return { seconds: BigInt(seconds), nanoseconds: Math.floor((milliseconds - seconds * 1000) * 1e6) };
  },
  resolution: (): { seconds: bigint; nanoseconds: number } => ({ seconds: 0n, nanoseconds: 1000 }),
};

/** `wasi:clocks` for one guest. Instants and durations are in nanoseconds. */
export function clocks(lifetime: Lifetime): Record<string, Record<string, unknown>> {
  const subscribeInstant = (instant: bigint): Pollable => timer(instant, lifetime);
  return {
    'wasi:clocks/wall-clock': wallClock,
    'wasi:clocks/monotonic-clock': {
      now: process.hrtime.bigint,
      resolution: () => 1n,
      subscribeInstant,
      subscribeDuration: (duration: bigint) => subscribeInstant(process.hrtime.bigint() + duration),
    },
  };
}

/** A pollable that is ready once the monotonic clock has reached `instant`. */
function timer(instant: bigint, lifetime: Lifetime): Pollable {
  const isDue = (): boolean => process.hrtime.bigint() >= instant;
  if (isDue()) return readyPollable();
  let stop = (): void => {};
  const wait = (): Promise<void> =>
    new Promise((resolve, reject) => {
      stop();
      const timeout = setTimeout(() => {
        forget();
        resolve();
      }, millisecondsUntil(instant));
      const forget = lifetime.onEnd((reason) => {
        clearTimeout(timeout);
        reject(reason);
      });
      stop = () => {
        clearTimeout(timeout);
        forget();
      };
    });
  return new Pollable(isDue, wait, () => stop());
}

function millisecondsUntil(instant: bigint): number {
  const milliseconds = (instant - process.hrtime.bigint()) / 1_000_000n + 1n;
  return Number(milliseconds < longestTimer ? milliseconds : longestTimer);
}
