/** One choice of a run: which of the requests that could go on did. */
export interface Choice {
  /** The requests that could go on, by their index, in ascending order. */
  readonly enabled: readonly number[];
  readonly chosen: number;
}

/** The first choices of a run; after them the request that ran goes on for as long as it can. */
type Prefix = readonly number[];

/**
 * Which interleavings to try: every one exactly once, those with the fewest switches between requests that could have gone on
 * first, since most races need one or two (Musuvathi and Qadeer, "Iterative context bounding", PLDI 2007).
 */
export class Schedules {
  /** By the number of their switches. */
  readonly #waiting: Prefix[][] = [[[]]];
  readonly #fraction: () => number;

  /** @param fraction from 0 to 1; chooses among those with as many switches */
  constructor(fraction: () => number) {
    this.#fraction = fraction;
  }

  /** The next run's first choices, or undefined when all have been tried. */
  next(): Prefix | undefined {
    for (const prefixes of this.#waiting) {
      if (prefixes === undefined || prefixes.length === 0) continue;
      // The last one takes the place of the one that was chosen.
      const index = Math.floor(this.#fraction() * prefixes.length);
      const chosen = prefixes[index];
      const last = prefixes.pop();
      if (last !== undefined && index < prefixes.length) prefixes[index] = last;
      return chosen;
    }
    return undefined;
  }

  /** Takes note of what a run with these first choices came to. */
  ran(prefix: Prefix, choices: readonly Choice[]): void {
    for (let index = prefix.length; index < choices.length; index += 1) {
      const { enabled, chosen } = choices[index] ?? { enabled: [], chosen: 0 };
      const before = choices.slice(0, index);
      for (const other of enabled) {
        if (other === chosen) continue;
        const switches = switchesOf([...before, { enabled, chosen: other }]);
        let sameCost = this.#waiting[switches];
        if (sameCost === undefined) {
          sameCost = [];
          this.#waiting[switches] = sameCost;
        }
        sameCost.push([...before.map((choice) => choice.chosen), other]);
      }
    }
  }
}

/** How often another request was chosen although the one before could have gone on. */
export function switchesOf(choices: readonly Choice[]): number {
  let switches = 0;
  for (let index = 1; index < choices.length; index += 1) {
    const before = choices[index - 1]?.chosen;
    const { enabled, chosen } = choices[index] ?? { enabled: [], chosen: before };
    if (chosen !== before && enabled.some((request) => request === before)) switches += 1;
  }
  return switches;
}
