import { execFile } from 'node:child_process';
import { chmod, chown, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const script = fileURLToPath(new URL('use-bucket.ts', import.meta.url));
/** The user without rights, where the tests are run by root, who may write everything. */
const nobody = 65_534;

/**
 * Takes the right to write a folder and all that is in it from everybody, uses bucket `b` of a backend there in a process of a
 * user without further rights, and gives the rights back. Answers what each of the operations said.
 */
export async function useWithoutRights(
  backend: 'filesystem' | 'sqlite',
  path: string,
  folder: string,
): Promise<Record<string, string>> {
  const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  await chmod(dirname(folder), 0o755);
  await setRights(folder, false);
  try {
    const { stdout } = await run(process.execPath, [script, backend, path], { cwd: '/', ...user });
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
  if (process.getuid?.() === 0) await chown(folder, 0, 0);
}
