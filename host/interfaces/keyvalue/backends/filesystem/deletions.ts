import { closeSync, futimesSync, openSync, statSync } from 'node:fs';
import { preciseTime } from './entry-file.ts';

/** When a key of a bucket was last deleted: the modification time of an empty file. */
export class DeletionMark {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Differs after every deletion. */
  read(): string {
    const stats = statSync(this.#path, { bigint: true, throwIfNoEntry: false });
    return stats === undefined ? '' : `${stats.mtimeNs}.${stats.ctimeNs}`;
  }

  write(): void {
    const file = openSync(this.#path, 'w');
    try {
      const now = preciseTime(Date.now()) / 1000;
      futimesSync(file, now, now);
    } finally {
      closeSync(file);
    }
  }
}
