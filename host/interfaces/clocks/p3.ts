import { Cancellable } from '../../engine/async/cancellable.ts';
import type { Holdings } from '../../runtime/worker/holdings.ts';
import type { Lifetime } from '../../runtime/worker/lifetime.ts';
import type { Clock } from '../../shared/clock.ts';
import { timer } from './clocks.ts';

const second = 1_000_000_000n;

/** `wasi:clocks@0.3.0` for one guest. Marks and durations are in nanoseconds. */
export function clocks(
  lifetime: Lifetime,
  holdings: Holdings,
  clock: Clock,
): Record<string, Record<string, unknown>> {
  const waitUntil = (mark: bigint): Cancellable<void> | undefined => {
    const pollable = timer(mark, lifetime, holdings, clock);
    const waiting = pollable.block();
    if (!(waiting instanceof Promise)) return undefined;
    return new Cancellable(waiting, () => pollable[Symbol.dispose]());
  };
  return {
    'wasi:clocks/system-clock': {
      now(): { seconds: bigint; nanoseconds: number } {
        const wall = clock.wall();
        return { seconds: wall / second, nanoseconds: Number(wall % second) };
      },
      getResolution: () => 1000n,
    },
    'wasi:clocks/monotonic-clock': {
      now: () => clock.monotonic(),
      getResolution: () => 1n,
      waitUntil,
      waitFor: (duration: bigint) => waitUntil(clock.monotonic() + duration),
    },
  };
}
