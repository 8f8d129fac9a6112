/** What time it is, for a guest and for keys that expire. */
export interface Clock {
  /** Nanoseconds since some moment in the past; never goes back. */
  monotonic(): bigint;
  /** Nanoseconds since 1970. */
  wall(): bigint;
  /** Milliseconds since 1970. */
  now(): number;
  /** Whether time stands still until somebody moves it. */
  readonly isFrozen: boolean;
  /** Whether somebody has moved or frozen it, so that it is the machine's time no more. */
  readonly isMoved: boolean;
  /** Calls back when time has been moved, frozen or let go. The answer takes the callback back. */
  onChange(callback: () => void): () => void;
}

const none = (): void => {};

/** The machine's time. */
export const systemClock: Clock = {
  monotonic: process.hrtime.bigint,
  wall: () => BigInt(Math.floor((performance.timeOrigin + performance.now()) * 1e6)),
  now: Date.now,
  isFrozen: false,
  isMoved: false,
  onChange: () => none,
};
