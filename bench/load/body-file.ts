import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Calls with the path of a file that holds the body; no command line takes 10 MiB. */
export async function withBodyFile<Result>(
  body: Buffer | undefined,
  run: (path: string | undefined) => Promise<Result>,
): Promise<Result> {
  if (body === undefined) return await run(undefined);
  const folder = await mkdtemp(join(tmpdir(), 'kvasi-bench-body-'));
  try {
    const path = join(folder, 'body');
    await writeFile(path, body);
    return await run(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
