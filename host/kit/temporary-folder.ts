import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join, sep } from 'node:path';

/** This machine: folders may be shared with others, whose processes have the same numbers. */
const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
const pattern = /^kvasi-own-([\da-f]{8})-(\d+)-\w{6}$/;
/** A folder of a process that has ended is not looked at before, in milliseconds. */
const restTime = 10_000;

const present = new Set<string>();
let isSwept = false;

/**
 * A folder of this process alone. It is removed with its owner, else when the process ends, and where the process was killed when
 * another one makes its first.
 */
export class TemporaryFolder {
  readonly path: string;

  constructor() {
    if (!isSwept) void sweep();
    isSwept = true;
    this.path = mkdtempSync(join(tmpdir(), `kvasi-own-${machine}-${process.pid}-`));
    if (present.size === 0) process.on('exit', removePresent);
    present.add(this.path);
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true, maxRetries: 3 });
    present.delete(this.path);
    if (present.size === 0) process.off('exit', removePresent);
  }
}

/** Whether a path is in such a folder, of whichever process. */
export function isTemporary(path: string): boolean {
  return path.split(sep).some((part) => pattern.test(part));
}

function removePresent(): void {
  for (const path of present) {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // A thread of the process still writes there. The next process removes it.
    }
  }
}

/** Removes what processes have left that were killed. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir()).catch(() => [])) {
    const [, of, pid] = pattern.exec(name) ?? [];
    if (of !== machine || pid === undefined || isAlive(Number(pid))) continue;
    const path = join(tmpdir(), name);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined || Date.now() - found.ctimeMs < restTime) continue;
    await rm(path, { recursive: true, force: true }).catch(() => {});
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
