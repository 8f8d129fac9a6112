/** Milliseconds since 1970 with a fraction, so that two moments within one millisecond keep their order. Never goes back. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}
