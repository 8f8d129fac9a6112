/** The order in which the operations of some requests are made, one by one. */
export interface Schedule {
  /** How many: the next ones that come. They are counted from 0, in the order in which they come. */
  readonly requests: number;
  /**
   * Which of them goes on first, second, and so on. After these, and where such a one can't go on, it is the one that went
   * on before, and then the next one that can.
   */
  readonly first: readonly number[];
}

/** One choice of a run: which of the requests that could go on did. */
export interface Choice {
  /** The requests that could go on, in ascending order. */
  readonly enabled: readonly number[];
  readonly chosen: number;
}

/** An operation of a run, after it was made. */
export interface Step extends Choice {
  /** Counts the choices from 0. A step may come after those of later turns where a store took its time. */
  readonly turn: number;
  /** What was done to what, and what came of it. */
  readonly text: string;
}
