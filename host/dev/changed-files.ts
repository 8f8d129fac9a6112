import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { requirePlainFile } from '../shared/plain-file.ts';
import type { SourceChange } from './source-changes.ts';

const none = 'none';
/** By how much a file's clock may differ from ours before it is another machine's, in milliseconds. */
const mostDelay = 10_000;

/** Sorts out the files that were written without being changed, such as those that a build writes each time. */
export class ChangedFiles {
  readonly #digests = new Map<string, string>();

  /** Those of the changes after which a file's contents are not what they were when they were last asked about. */
  async among(changes: Iterable<SourceChange>): Promise<SourceChange[]> {
    const changed: SourceChange[] = [];
    for (const change of changes) {
      const { path, isNew } = change;
      const before = this.#digests.get(path) ?? (isNew ? none : undefined);
      const digest = await digestOf(path);
      this.#digests.set(path, digest);
      if (before !== digest) changed.push({ ...change, at: await timeOf(change) });
    }
    return changed;
  }
}

/** A busy machine notices late. The time of the inode's change tells when it was; that of its contents is what tools set it to. */
async function timeOf({ path, at }: SourceChange): Promise<number> {
  const written = (await stat(path).catch(() => undefined))?.ctimeMs ?? at;
  return Math.abs(at - written) < mostDelay ? written : at;
}

async function digestOf(path: string): Promise<string> {
  try {
    await requirePlainFile(path);
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    return hash.digest('hex');
  } catch {
    return none;
  }
}
