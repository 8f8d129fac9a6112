import type { KeyPath } from '../../settings/file/parsed-file.ts';

/** Something that is not as a scenario expects. */
export interface Difference {
  /** Where the file says what is expected. */
  readonly at: KeyPath;
  /** What it is about: `step 2, GET /visits`. */
  readonly subject: string;
  /** Expected and actual, in full; may have several lines. */
  readonly text: string;
  /** What the file would say if this were right; without it nothing can be written that is. */
  readonly correction?: Correction;
}

/** A value for a place of a file; undefined removes it. */
export interface Correction {
  readonly path: KeyPath;
  readonly value: unknown;
}
