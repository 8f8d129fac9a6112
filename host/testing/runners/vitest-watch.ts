import { expect } from 'vitest';
import { onLoaded } from '../loaded-notice.ts';
import { notesVariable, writeNote } from './component-notes.ts';

/** What the plugin for vitest has run before each file of tests: it notes which components the file uses. */
const file = process.env[notesVariable];
if (file !== undefined) {
  const noted = new Set<string>();
  onLoaded((component) => {
    const tests = expect.getState().testPath;
    if (tests === undefined || noted.has(`${tests}\n${component}`)) return;
    noted.add(`${tests}\n${component}`);
    try {
      writeNote(file, { component, tests });
    } catch {
      // Nobody watches any more.
    }
  });
}
