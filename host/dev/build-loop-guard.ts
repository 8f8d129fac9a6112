import { dirname } from 'node:path';
import { type FileHistory, newHistory } from './file-history.ts';
import type { SourceChange } from './source-changes.ts';

/** What changes so soon after a build may be the build's doing, in milliseconds. */
const usualReach = 1000;
/** The clock of files may be so much behind, in milliseconds. */
const coarseness = 20;
/** A change that follows each build after the same time, give or take the slack, is its doing as well; milliseconds. */
const longestReach = 15_000;
const slack = 250;
/** How many changes after the same time are no chance. */
const sameTimes = 4;
/** How many builds in a row a file may change that a build may have written. */
const mostRounds = 2;
/** The same for a file that has been seen to change without a build. */
const mostTrustedRounds = 8;
/** How many builds that nothing else has asked for show that it is the build that changes the file. */
const proofs = 2;
/** How long nothing is built to see whether a file changes by itself, in milliseconds: as long as a build takes, within these. */
const shortestQuiet = 500;
const longestQuiet = 5000;

/** What is to be done about changes. */
export interface Verdict {
  /** The files that start a build; none where there is nothing to build. */
  readonly starting: readonly string[];
  /** Ask again after this time even if nothing changes, in milliseconds. */
  readonly askAgain: number | undefined;
  /** What builds change, and what is left alone from now on when they do: files, and folders with new files in them. */
  readonly left: readonly string[];
}

/**
 * Finds files that are changed by each build, and so would start the next one for ever: generated sources, logs, reports.
 * Somebody may save a file during each build, too. So a file under suspicion starts no build for a moment: if it changes all the
 * same, somebody else does that, and it is built. If it does not, it is built once more to see whether it changes again.
 */
export class BuildLoopGuard {
  readonly #histories = new Map<string, FileHistory>();
  /** Files that came during or after a build. */
  readonly #newcomers = new Set<string>();
  readonly #withheld = new Set<string>();
  #askAt = 0;
  #builds = 0;
  #began = 0;
  #ended = 0;

  /** A build begins; answers what is to be called at its end. */
  begin(): () => void {
    this.#builds += 1;
    this.#began = Date.now();
    this.#ended = Number.POSITIVE_INFINITY;
    return () => {
      this.#ended = Date.now();
    };
  }

  /** Judges what has changed since the last time; to be asked between builds. */
  judge(changes: readonly SourceChange[]): Verdict {
    const starting: string[] = [];
    const left: string[] = [];
    for (const change of changes) {
      const outcome = this.#judgeOne(change, left);
      if (outcome === 'start') starting.push(change.path);
      if (outcome === 'withhold') this.#withhold(change.path);
    }
    for (const path of this.#withheld) if (this.#isLeft(path)) this.#withheld.delete(path);
    const now = Date.now();
    const isProof = starting.length === 0 && this.#withheld.size > 0 && now >= this.#askAt;
    if (isProof) for (const path of this.#withheld) this.#mark(path);
    if (isProof || starting.length > 0) {
      // They have changed as well.
      starting.push(...[...this.#withheld].filter((path) => !starting.includes(path)));
      this.#withheld.clear();
    }
    return { starting, askAgain: this.#withheld.size > 0 ? this.#askAt - now : undefined, left };
  }

  #judgeOne(change: SourceChange, left: string[]): 'start' | 'withhold' | 'leave' {
    const { path, at, isNew } = change;
    const own = this.#historyOf(path);
    if (!this.#isOfBuild(own, at)) {
      // It has changed although nothing was built.
      if (this.#withheld.has(path)) own.isTrusted = true;
      own.rounds = 0;
      own.proofs = 0;
      return 'start';
    }
    if (isNew) this.#newcomers.add(path);
    if (this.#isLeft(path)) return 'leave';
    const isFirst = this.#count(own) === 1;
    if (this.#prove(own, path, left)) return 'leave';
    let isSuspicious = this.#isSuspicious(own);
    // Other names each time: it is the folder that is written to.
    if (isFirst && this.#newcomers.has(path)) {
      const folder = this.#historyOf(folderOf(path));
      this.#count(folder);
      if (this.#prove(folder, folderOf(path), left)) return 'leave';
      isSuspicious ||= this.#isSuspicious(folder);
    }
    return isSuspicious ? 'withhold' : 'start';
  }

  /** Whether a change at a time may be what the last build has done. */
  #isOfBuild(history: FileHistory, at: number): boolean {
    if (this.#builds === 0 || at < this.#began - coarseness) return false;
    const lag = at - this.#ended;
    if (lag <= (history.reach ?? usualReach)) return true;
    if (lag > longestReach) return false;
    history.lags = history.lagBuild === this.#builds - 1 ? [...history.lags, lag].slice(-sameTimes) : [lag];
    history.lagBuild = this.#builds;
    const [longest, shortest] = [Math.max(...history.lags), Math.min(...history.lags)];
    if (history.lags.length < sameTimes || longest - shortest > slack) return false;
    history.reach = longest + slack;
    history.rounds = mostTrustedRounds;
    history.lastBuild = this.#builds - 1;
    return true;
  }

  /** Counts the builds in a row that have changed it. */
  #count(history: FileHistory): number {
    if (history.lastBuild === this.#builds) return history.rounds;
    const isInRow = history.lastBuild === this.#builds - 1;
    history.rounds = isInRow ? history.rounds + 1 : 1;
    if (!isInRow) history.proofs = 0;
    history.lastBuild = this.#builds;
    if (history.markedBuild === this.#builds) history.proofs += 1;
    return history.rounds;
  }

  /** Whether it is certain now that builds change it. */
  #prove(history: FileHistory, name: string, left: string[]): boolean {
    if (history.proofs < proofs) return false;
    history.isLeft = true;
    left.push(name);
    return true;
  }

  #isSuspicious({ rounds, isTrusted }: FileHistory): boolean {
    return rounds > (isTrusted ? mostTrustedRounds : mostRounds);
  }

  #withhold(path: string): void {
    this.#withheld.add(path);
    const quiet = Math.min(longestQuiet, Math.max(shortestQuiet, this.#ended - this.#began));
    const reach = this.#historyOf(path).reach ?? usualReach;
    this.#askAt = Math.max(this.#askAt, this.#ended + reach + quiet);
  }

  /** The next build is only to see whether it changes this file again. */
  #mark(path: string): void {
    this.#historyOf(path).markedBuild = this.#builds + 1;
    if (this.#newcomers.has(path)) this.#historyOf(folderOf(path)).markedBuild = this.#builds + 1;
  }

  #isLeft(path: string): boolean {
    const isOfFolder = this.#newcomers.has(path) && this.#historyOf(folderOf(path)).isLeft;
    return isOfFolder || this.#historyOf(path).isLeft;
  }

  #historyOf(name: string): FileHistory {
    const history = this.#histories.get(name) ?? newHistory();
    this.#histories.set(name, history);
    return history;
  }
}

/** Stands for the new files in the folder of a file. */
function folderOf(path: string): string {
  return `${dirname(path)}/`;
}
