import type { FreshProject } from './fresh-project.ts';

/** What the rows share. */
export interface Bench {
  /** Where projects are made. */
  readonly folder: string;
  readonly tarball: string;
  /** Paths of the two Nodes. */
  readonly node: { readonly 24: string; readonly 26: string };
  /** Makes a project, once for each name. */
  project(name: string, manifest: object, packages: readonly string[]): Promise<FreshProject>;
}

/** One surrounding in which the package has to work. */
export interface Row {
  readonly name: string;
  /** Throws where it does not work. */
  run(bench: Bench): Promise<void>;
}
