import { type ExecFileOptions, execFile } from 'node:child_process';
import { chmod, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const script = fileURLToPath(new URL('use-bucket.ts', import.meta.url));
/** Root may do everything, unless it does without these; another user could not read a clone in a folder of root's own. */
const asAnybody = ['--bounding-set=-dac_override,-dac_read_search', process.execPath];

/** Runs Node as a user for whom the rights of files count, also where that is root. Rejects where it fails. */
export async function runWithoutRights(
  args: readonly string[],
  options: ExecFileOptions,
): Promise<{ readonly stdout: string }> {
  const { stdout } =
    process.getuid?.() === 0
      ? await run('setpriv', [...asAnybody, ...args], options)
      : await run(process.execPath, args, options);
  return { stdout: String(stdout) };
}

/**
 * Takes the right to write a folder and all that is in it from everybody, uses bucket `b` of a backend there in a process of a
 * user without further rights, and gives the rights back. Answers what each of the operations said.
 */
export async function useWithoutRights(
  backend: 'filesystem' | 'sqlite',
  path: string,
  folder: string,
): Promise<Record<string, string>> {
  await chmod(dirname(folder), 0o755);
  await setRights(folder, false);
  try {
    const { stdout } = await runWithoutRights([script, backend, path], { cwd: '/' });
    return JSON.parse(stdout) as Record<string, string>;
  } finally {
    await setRights(folder, true);
  }
}

async function setRights(folder: string, canWrite: boolean): Promise<void> {
  for (const item of await readdir(folder, { withFileTypes: true, recursive: true })) {
    await chmod(join(item.parentPath, item.name), item.isDirectory() || canWrite ? 0o755 : 0o444);
    if (item.isDirectory() && !canWrite) await chmod(join(item.parentPath, item.name), 0o555);
  }
  await chmod(folder, canWrite ? 0o755 : 0o555);
}
