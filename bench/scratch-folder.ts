import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder of this run, removed when the process ends in whatever way. Temporary folders of everything that is
 * started lie in it too, since those of what is killed would stay.
 */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kvasi-bench-'));
  process.env.TMPDIR = folder;
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}
