/** A time as people read it: `0.53 ms`, `12 ms`. */
export function formatTime(milliseconds: number): string {
  return milliseconds < 10 ? `${milliseconds.toFixed(2)} ms` : `${Math.round(milliseconds)} ms`;
}
