import { reasonOf } from '../../shared/host-error.ts';

/** An interleaving that breaks what the check asks for; its message is the timeline. */
export class ExplorationError extends Error {
  override readonly name = 'ExplorationError';
  /** The operations in the order in which they were made, a line each. */
  readonly timeline: readonly string[];
  /** The choices that lead there: for `explore({ replay })`. */
  readonly schedule: readonly number[];
  /** How many interleavings were tried until one broke the check; this one may be shorter. */
  readonly interleavings: number;

  constructor(
    timeline: readonly string[],
    schedule: readonly number[],
    interleavings: number,
    cause: unknown,
    note?: string,
  ) {
    const reason = reasonOf(cause);
    super(
      [
        `this order of operations breaks the check (found in interleaving ${interleavings}):`,
        ...numbered(timeline),
        reason,
        ...(note === undefined ? [] : [note]),
        `Run it again with replay: [${schedule.join(', ')}]`,
      ].join('\n'),
      { cause },
    );
    this.timeline = timeline;
    this.schedule = schedule;
    this.interleavings = interleavings;
  }
}

/** The lines of a timeline as a message shows them. */
export function numbered(timeline: readonly string[]): string[] {
  return timeline.map((line, index) => `  ${String(index + 1).padStart(2)}. ${line}`);
}
