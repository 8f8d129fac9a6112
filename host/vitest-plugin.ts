import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vitest/config';
import { watchPath } from './dev/watch-path.ts';
import { threadUrl } from './shared/thread-url.ts';
import { notesVariable, readNotes } from './testing/runners/component-notes.ts';
import { TemporaryFolder } from './testing/stores/temporary-folder.ts';

/** A component that has not changed for this long is complete, in milliseconds. */
const settledAfter = 250;

/**
 * For `plugins` of a configuration of vitest: in watch mode, when a component changes, the files of tests run again that have started a
 * host for it.
 */
export function kvasi(): Plugin {
  let notes: { readonly file: string; readonly folder: TemporaryFolder } | undefined;
  const ends: (() => void)[] = [];
  const notesFile = (): string => {
    if (notes === undefined) {
      const folder = new TemporaryFolder('vitest');
      notes = { folder, file: join(folder.path, 'components.jsonl') };
    }
    return notes.file;
  };
  return {
    name: 'kvasi',
    config: () => ({
      test: {
        setupFiles: [fileURLToPath(threadUrl('testing/runners/vitest-watch', import.meta.url))],
        env: { [notesVariable]: notesFile() },
      },
    }),
    configureServer({ config, watcher }) {
      if (config.server.watch === null) return;
      writeFileSync(notesFile(), '');
      ends.push(watchComponents(notesFile(), (tests) => watcher.emit('change', tests)));
    },
    async buildEnd() {
      for (const end of ends.splice(0)) end();
      await notes?.folder[Symbol.asyncDispose]();
      notes = undefined;
    },
  };
}

/** Watches the components that are noted. @param changed gets each file of tests of one that has changed */
function watchComponents(notes: string, changed: (tests: string) => void): () => void {
  const users = new Map<string, Set<string>>();
  const ends: (() => void)[] = [];
  let read = 0;
  const watchOne = (component: string, tests: ReadonlySet<string>): void => {
    let timer: NodeJS.Timeout | undefined;
    ends.push(
      watchPath(component, () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          for (const file of tests) changed(file);
        }, settledAfter);
      }),
    );
  };
  ends.push(
    watchPath(notes, () => {
      const added = readNotes(notes, read);
      read += added.length;
      for (const { component, tests } of added) {
        const known = users.get(component);
        if (known !== undefined) known.add(tests);
        else {
          const first = new Set([tests]);
          users.set(component, first);
          watchOne(component, first);
        }
      }
    }),
  );
  return () => {
    for (const one of ends) one();
  };
}
