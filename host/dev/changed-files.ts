import { createHash } from 'node:crypto';
import { readPlainFile } from '../plain-file.ts';

/** Sorts out the files that were written without being changed, such as those that a build writes each time. */
export class ChangedFiles {
  readonly #digests = new Map<string, string>();

  /** Those of the files whose contents are not what they were when they were last asked about. */
  async among(paths: Iterable<string>): Promise<string[]> {
    const changed: string[] = [];
    for (const path of paths) {
      const digest = await digestOf(path);
      if (this.#digests.get(path) === digest) continue;
      this.#digests.set(path, digest);
      changed.push(path);
    }
    return changed;
  }
}

async function digestOf(path: string): Promise<string> {
  try {
    return createHash('sha256')
      .update(await readPlainFile(path))
      .digest('hex');
  } catch {
    return 'none';
  }
}
