import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs';

/** The variable that names the file of notes to the workers of vitest. */
export const notesVariable = 'KVASI_VITEST_NOTES';

/** That a file of tests uses a component; both are absolute paths. */
export interface ComponentNote {
  readonly component: string;
  readonly tests: string;
}

/** Adds a line, which is whole also where several processes write. Throws where there is no such file: nobody reads it. */
export function writeNote(file: string, note: ComponentNote): void {
  const descriptor = openSync(file, constants.O_WRONLY | constants.O_APPEND);
  try {
    writeSync(descriptor, `${JSON.stringify(note)}\n`);
  } finally {
    closeSync(descriptor);
  }
}

/** The notes behind the first `skip` ones. */
export function readNotes(file: string, skip: number): ComponentNote[] {
  const lines = readFileSync(file, 'utf8').split('\n').slice(skip, -1);
  return lines.map((line) => JSON.parse(line) as ComponentNote);
}
