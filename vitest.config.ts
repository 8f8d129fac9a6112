import { globSync, readFileSync } from 'node:fs';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

const all = globSync('test/**/*.test.ts');
/** What installs the package of this repository: `npm run test:package`. */
const ofPackage = ['test/e2e/package.test.ts'];
/**
 * What measures how long something takes, against a bound that a busy processor would break, or waits for a browser, which wants a
 * processor of its own: one file after the other, once all others have ended.
 */
const measuring = [
  'test/e2e/inspector-page.test.ts',
  'test/kit/start-host.test.ts',
  'test/unit/decode.test.ts',
  'test/unit/replace.test.ts',
];

/** Files that say how often they repeat something. */
const repeating = all.filter((file) => /\/(rounds|backend-process)\.ts'/.test(readFileSync(file, 'utf8')));

export default defineConfig(({ mode }) => {
  const isSoak = mode === 'soak';
  const chosen = (files: readonly string[]): string[] =>
    files.filter((file) =>
      mode === 'package'
        ? ofPackage.includes(file)
        : !ofPackage.includes(file) && (!isSoak || repeating.includes(file)),
    );
  const project = (
    name: string,
    files: readonly string[],
    options: object = {},
  ): TestProjectInlineConfiguration => ({
    extends: true,
    test: { name, include: chosen(files), ...options },
  });
  const isOfUnit = (file: string): boolean => file.startsWith('test/unit/') || file.startsWith('test/abi/');
  const others = all.filter((file) => !measuring.includes(file));
  return {
    test: {
      maxWorkers: 2,
      setupFiles: ['test/support/stray-errors.ts'],
      testTimeout: 60_000,
      hookTimeout: 120_000,
      env: { KVASI_SOAK: String(isSoak) },
      projects: [
        // They share the modules that they import.
        project('unit', others.filter(isOfUnit), { isolate: false }),
        project(
          'whole',
          others.filter((file) => !isOfUnit(file)),
        ),
        project('measuring', measuring, { fileParallelism: false, sequence: { groupOrder: 1 } }),
      ].filter(({ test }) => (test?.include?.length ?? 0) > 0),
    },
  };
});
