import { mkdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { readPlainFile } from '../plain-file.ts';

/** Where `kvasi dev` of a project leaves word of its inspector for other commands. */
const schema = v.object({ url: v.string(), token: v.string(), pid: v.number() });
export type DevNote = v.InferOutput<typeof schema>;

function pathOf(directory: string): string {
  return join(directory, '.kvasi', 'dev.json');
}

/** Leaves word, for this user only; of several hosts of a project the last one counts. */
export async function leaveNote(directory: string, note: DevNote): Promise<void> {
  const path = pathOf(directory);
  await mkdir(dirname(path), { recursive: true });
  // The mode of a file that is there already would stay.
  await rm(path, { force: true });
  await writeFile(path, `${JSON.stringify(note)}\n`, { mode: 0o600, flag: 'wx' });
}

/** Takes the note away, unless another host has left its own meanwhile. */
export async function removeNote(directory: string, { token }: DevNote): Promise<void> {
  if ((await readNote(directory))?.token !== token) return;
  await rm(pathOf(directory), { force: true });
  // Only if there is nothing else in it.
  await rmdir(dirname(pathOf(directory))).catch(() => {});
}

/** The note of a host that may be running. */
export async function readNote(directory: string): Promise<DevNote | undefined> {
  const text = String(await readPlainFile(pathOf(directory)).catch(() => ''));
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const note = v.safeParse(schema, parsed);
  return note.success && isRunning(note.output.pid) ? note.output : undefined;
}

/** False for the host that left a note and was killed. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
