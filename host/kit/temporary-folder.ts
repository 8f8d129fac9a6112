import { createHash } from 'node:crypto';
import { mkdtempSync, readlinkSync, rmSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join, sep } from 'node:path';

/** Among whose processes numbers are unique: other machines and containers may have the same folder. */
const machine = createHash('sha256').update(`${hostname()} ${processNamespace()}`).digest('hex').slice(0, 8);
const pattern = /^kvasi-own-([\da-f]{8})-(\d+)-\w{6}$/;

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
    // It may be another user's.
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => {});
  }
}

/** Nothing where the system has none. */
function processNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
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
