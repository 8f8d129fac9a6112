import type { Choice } from '../../runtime/fault-injection/schedule.ts';

/** What is to be tried: what another run did up to some choice, and something else there. */
interface Branch {
  readonly before: readonly number[];
  /** How many choices of it are the same. */
  readonly shared: number;
  /** The choice after them; none for the very first run. */
  readonly other: number | undefined;
  /** How often something else was chosen than to go on as long as possible, and then with the next one. */
  readonly deviations: number;
}

const root: Branch = { before: [], shared: 0, other: undefined, deviations: 0 };

/**
 * Which interleavings to try, each exactly once. Those that deviate least often from running the requests one after the other
 * come first: most races need one or two deviations, and counting them, rather than switches, makes few of many requests, too
 * (Emmi, Qadeer and Rakamaric, "Delay-bounded scheduling", POPL 2011).
 */
export class Schedules {
  /** By the number of their deviations. */
  readonly #waiting: Branch[][] = [[root]];
  readonly #fraction: () => number;
  #last: Branch = root;

  /** @param fraction from 0 to 1; chooses among those with as many deviations */
  constructor(fraction: () => number) {
    this.#fraction = fraction;
  }

  /** Whether all have been tried. */
  get isEmpty(): boolean {
    return this.#waiting.every((branches) => branches.length === 0);
  }

  /**
   * The next run's first choices, or undefined when all have been tried.
   *
   * @param where among those with the fewest deviations, or with any number of them
   */
  next(where: 'fewest' | 'any'): readonly number[] | undefined {
    const candidates = this.#waiting.filter((branches) => branches.length > 0);
    const branches = candidates[where === 'fewest' ? 0 : this.#indexOfOne(candidates)];
    if (branches === undefined) return undefined;
    const index = this.#indexOfOne(branches);
    const branch = branches[index];
    const last = branches.pop();
    if (branch === undefined || last === undefined) return undefined;
    // The last one takes its place.
    if (last !== branch) branches[index] = last;
    this.#last = branch;
    return branch.other === undefined ? [] : [...branch.before.slice(0, branch.shared), branch.other];
  }

  /** Takes note of what the run with the choices that `next` has answered came to. */
  ran(choices: readonly Choice[]): void {
    const before = choices.map(({ chosen }) => chosen);
    const { shared, other, deviations } = this.#last;
    const given = other === undefined ? 0 : shared + 1;
    let level = this.#waiting[deviations + 1];
    if (level === undefined) {
      level = [];
      this.#waiting.push(level);
    }
    for (const [index, { enabled, chosen }] of choices.entries()) {
      if (index < given) continue;
      for (const another of enabled) {
        if (another === chosen) continue;
        level.push({ before, shared: index, other: another, deviations: deviations + 1 });
      }
    }
  }

  #indexOfOne(list: readonly unknown[]): number {
    return Math.floor(this.#fraction() * list.length);
  }
}
