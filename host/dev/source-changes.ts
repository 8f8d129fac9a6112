/** A file that has changed since somebody last asked. */
export interface SourceChange {
  readonly path: string;
  /** When that happened last, or was noticed; milliseconds as of `Date.now()`. */
  readonly at: number;
  /** Whether it was not there before. */
  readonly isNew: boolean;
}

/** Gathers what a watch tells until somebody asks for it. */
export class SourceChanges {
  readonly #changes = new Map<string, SourceChange>();

  notice(event: 'add' | 'change' | 'unlink', path: string): void {
    const before = this.#changes.get(path);
    if (event === 'unlink' && before?.isNew === true) {
      // It has come and gone, as temporary files do.
      this.#changes.delete(path);
      return;
    }
    const isNew = before?.isNew ?? event === 'add';
    this.#changes.set(path, { path, at: Date.now(), isNew });
  }

  /** Those since the last time. */
  take(): SourceChange[] {
    const changes = [...this.#changes.values()];
    this.#changes.clear();
    return changes;
  }
}
