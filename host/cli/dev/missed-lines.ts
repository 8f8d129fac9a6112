import type { Output } from '../../terminal/output.ts';

/** How many lines of each kind were left out. */
export type MissedCounts = ReadonlyMap<string, number>;

/** Counts what is not written because nobody reads what was written before, and tells how much it was once that has been read. */
export class MissedLines {
  readonly #output: Output;
  readonly #tell: (counts: MissedCounts) => void;
  #counts = new Map<string, number>();

  constructor(output: Output, tell: (counts: MissedCounts) => void) {
    this.#output = output;
    this.#tell = tell;
  }

  /** Whether something of that kind may be written; otherwise it is counted. */
  admits(kind: string): boolean {
    if (this.#output.isFull) {
      this.add(kind, 1);
      return false;
    }
    this.tell();
    return true;
  }

  /** So many of that kind are not written. */
  add(kind: string, count: number): void {
    if (this.#counts.size === 0) this.#output.ready()?.then(() => this.tell());
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + count);
  }

  /** Tells what was counted, if there is anything. */
  tell(): void {
    const counts = this.#counts;
    if (counts.size === 0) return;
    this.#counts = new Map();
    this.#tell(counts);
  }
}

/** Such as `200 × 1,234, 404 × 1`. */
export function formatCounts(counts: ReadonlyMap<string | number, number>): string {
  return [...counts].map(([kind, count]) => `${kind} × ${count.toLocaleString('en-US')}`).join(', ');
}
