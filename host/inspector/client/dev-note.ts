import { mkdir, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { readPlainFile } from '../../shared/plain-file.ts';
import { systemCode } from '../../shared/system-code.ts';

/** What a running `kvasi dev` of a project leaves for other commands. */
const schema = v.object({
  /** Of its inspector, which listens on this machine alone: a file may say anything, and what `kvasi kv` sends goes there. */
  url: v.pipe(v.string(), v.regex(/^http:\/\/127\.0\.0\.1:\d{1,5}$/)),
  token: v.string(),
  pid: v.number(),
  /** Where it serves its component. */
  serves: v.pipe(v.string(), v.url()),
  /** The component's file. */
  component: v.string(),
  /** When it began, in milliseconds as of `Date.now()`. */
  began: v.number(),
  /** Where its pid means something: a container has a name, and pids, of its own. */
  machine: v.string(),
});
export type DevNote = v.InferOutput<typeof schema>;

/** A note and its file. */
export interface FoundNote {
  readonly path: string;
  readonly note: DevNote;
}

const folderName = '.kvasi';
const noteName = /^dev(-\d+)?\.json$/;
/** The largest file that is read as a note, in bytes. */
const largestNote = 64 * 1024;
/** More hosts than this in one folder are not told apart. */
const mostNotes = 1000;

/**
 * Leaves word, for this user only, and takes away what killed hosts have left. The first host's note is `.kvasi/dev.json`,
 * the next one's `dev-2.json`.
 * @returns the note's file, and the notes of others
 */
export async function leaveNote(
  directory: string,
  details: Omit<DevNote, 'pid' | 'began' | 'machine'>,
): Promise<{ readonly path: string; readonly others: readonly FoundNote[] }> {
  const note: DevNote = { ...details, pid: process.pid, began: Date.now(), machine: hostname() };
  const folder = join(directory, folderName);
  await mkdir(folder, { recursive: true });
  const others: FoundNote[] = [];
  for (const found of await notesOf(directory)) {
    if (isDead(found.note)) await removeNote(found.path);
    else others.push(found);
  }
  for (let number = 1; ; number += 1) {
    const path = join(folder, number === 1 ? 'dev.json' : `dev-${number}.json`);
    try {
      await writeFile(path, `${JSON.stringify(note)}\n`, { mode: 0o600, flag: 'wx' });
      return { path, others };
    } catch (error) {
      const isTaken = systemCode(error) === 'EEXIST';
      if (!isTaken || number === mostNotes) throw error;
    }
  }
}

export async function removeNote(path: string): Promise<void> {
  await rm(path, { force: true });
}

/** Takes away the folder of the notes, where there is nothing else in it. */
export async function removeNoteFolder(directory: string): Promise<void> {
  await rmdir(join(directory, folderName)).catch(() => {});
}

/** The notes of hosts that may be running, in the order in which they began. */
export async function readNotes(directory: string): Promise<DevNote[]> {
  const notes = (await notesOf(directory)).map(({ note }) => note).filter((note) => !isDead(note));
  return notes.sort((one, other) => one.began - other.began);
}

async function notesOf(directory: string): Promise<FoundNote[]> {
  const folder = join(directory, folderName);
  const names = await readdir(folder).catch(() => []);
  const paths = names.filter((name) => noteName.test(name)).map((name) => join(folder, name));
  const found = await Promise.all(paths.map(async (path) => ({ path, note: await noteIn(path) })));
  return found.flatMap(({ path, note }) => (note === undefined ? [] : { path, note }));
}

async function noteIn(path: string): Promise<DevNote | undefined> {
  try {
    const note = v.safeParse(schema, JSON.parse(String(await readPlainFile(path, largestNote))));
    return note.success ? note.output : undefined;
  } catch {
    return undefined;
  }
}

/** True for a host that left a note and was killed. Of one in a container nothing is known, nor where the pid is somebody else's now. */
function isDead({ pid, machine }: DevNote): boolean {
  if (machine !== hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return systemCode(error) !== 'EPERM';
  }
}
