import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What a compiler says against files; empty where it is content. */
export async function complaintsOf(
  compiler: string,
  folder: string,
  files: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<string> {
  const config = join(folder, 'tsconfig.json');
  const compilerOptions = { strict: true, target: 'es2024', skipLibCheck: false, noEmit: true, ...options };
  await writeFile(config, JSON.stringify({ compilerOptions, files }));
  return await promisify(execFile)(process.execPath, [compiler, '-p', config], { cwd: folder }).then(
    ({ stdout }) => stdout,
    (error: { readonly stdout: string; readonly stderr: string }) =>
      error.stdout || error.stderr || String(error),
  );
}
