import { relative } from 'node:path';
import type { PrintedOutput } from '../terminal/printed-output.ts';
import { BuildLoopGuard } from './build-loop-guard.ts';
import { ChangedFiles } from './changed-files.ts';
import { OwnOutput } from './own-output.ts';
import { SourceChanges } from './source-changes.ts';
import { watchSources } from './watch-sources.ts';

export interface SourcesOptions {
  readonly folder: string;
  /** Files and folders that are no sources, wherever they lie. */
  readonly others: ReadonlySet<string>;
  /** Where this program prints: a file with that is no source either. */
  readonly outputs: readonly PrintedOutput[];
  /** Something may have changed. */
  onChange(): void;
  warning(text: string): void;
}

/** The files that a component is built from. */
export class Sources {
  readonly #options: SourcesOptions;
  readonly #changes = new SourceChanges();
  readonly #files = new ChangedFiles();
  readonly #guard = new BuildLoopGuard();
  readonly #ownOutput: OwnOutput;
  readonly #stop: () => Promise<void>;
  #askAgain: NodeJS.Timeout | undefined;

  /** Begins to watch. */
  constructor(options: SourcesOptions) {
    this.#options = options;
    const { folder, others, outputs, onChange, warning } = options;
    this.#ownOutput = new OwnOutput(outputs);
    this.#stop = watchSources(folder, {
      others,
      isOwnOutput: (stats) => this.#ownOutput.isFile(stats),
      onChange: (event, path) => {
        this.#changes.notice(event, path);
        onChange();
      },
      onError: warning,
    });
  }

  /** A build begins; answers what is to be called at its end. */
  begin(): () => void {
    return this.#guard.begin();
  }

  /** The files that have changed since the last time and are to start a build. */
  async changed(): Promise<readonly string[]> {
    const { folder, onChange, warning } = this.#options;
    const changes = await this.#files.among(this.#changes.take());
    const isCopy = await Promise.all(changes.map(({ path }) => this.#ownOutput.isCopy(path)));
    const { starting, left, askAgain } = this.#guard.judge(changes.filter((_, index) => !isCopy[index]));
    if (left.length > 0) {
      const what = leftText(left.map((path) => relative(folder, path) + (path.endsWith('/') ? '/' : '')));
      warning(
        `each build changes ${what}, and so would start the next one: what builds write there is left alone from now on. If it is no source, name it in .gitignore.`,
      );
    }
    clearTimeout(this.#askAgain);
    if (askAgain !== undefined) this.#askAgain = setTimeout(onChange, askAgain).unref();
    return starting;
  }

  async close(): Promise<void> {
    clearTimeout(this.#askAgain);
    await this.#stop();
  }
}

/** `src/stamp.rs and 4 more`, `new files in gen/`. */
function leftText([first = '', ...more]: readonly string[]): string {
  const name = first.endsWith('/') ? `new files in ${first}` : first;
  return more.length === 0 ? name : `${name} and ${more.length} more`;
}
