/** What is known of a file, or of the new files of a folder, that builds may write. Builds are numbered from 1. */
export interface FileHistory {
  /** How many builds in a row have changed it. */
  rounds: number;
  /** The last build that has changed it. */
  lastBuild: number;
  /** How many builds have changed it that nothing else had asked for. */
  proofs: number;
  /** The last build that was made to see whether it changes it. */
  markedBuild: number;
  /** Whether it has changed while nothing was built: somebody edits it. */
  isTrusted: boolean;
  /** Whether it starts no build any more when a build changes it. */
  isLeft: boolean;
  /** How long after the builds, the last of which is `lagBuild`, it has changed; milliseconds. */
  lags: readonly number[];
  lagBuild: number;
  /** How long after a build a change is still its doing, where that is known; milliseconds. */
  reach: number | undefined;
}

export function newHistory(): FileHistory {
  return {
    rounds: 0,
    lastBuild: 0,
    proofs: 0,
    markedBuild: 0,
    isTrusted: false,
    isLeft: false,
    lags: [],
    lagBuild: 0,
    reach: undefined,
  };
}
