import { globSync, readFileSync } from 'node:fs';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { bundledThreads } from './test/support/host-bundle.ts';

const all = globSync('test/**/*.test.ts');
/** What installs the package of this repository: `npm run test:package`. */
const ofPackage = ['test/e2e/package.test.ts'];
/**
 * What measures how long something takes, against a bound that a busy processor would break, or counts what its process has: one file
 * after the other, once all others have ended.
 */
const measuring = [
  'test/kit/start-host.test.ts',
  'test/kit/waiting-shell.test.ts',
  'test/unit/decode.test.ts',
  'test/unit/replace.test.ts',
];

/** What takes longest begins first, so that the workers end together. */
const longest = [
  'test/e2e/new.test.ts',
  'test/e2e/probe.test.ts',
  'test/e2e/inspector-page.test.ts',
  'test/e2e/bounds.test.ts',
  'test/e2e/cache.test.ts',
  'test/kit/process-end.test.ts',
  'test/e2e/component-scenarios.test.ts',
  'test/e2e/shutdown.test.ts',
  'test/e2e/connections.test.ts',
  'test/e2e/persistence.test.ts',
  'test/e2e/loops.test.ts',
  'test/e2e/rebuilds.test.ts',
  'test/e2e/terminal.test.ts',
  'test/e2e/edge.test.ts',
  'test/e2e/output.test.ts',
  'test/kit/vitest-plugin.test.ts',
  'test/kit/servers-end.test.ts',
  'test/kit/own-data.test.ts',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const index = longest.findIndex((file) => moduleId.endsWith(`/${file}`));
      return index === -1 ? longest.length : index;
    };
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}

/** Files that say how often they repeat something. */
const repeating = all.filter((file) => /\/(rounds|backend-process)\.ts'/.test(readFileSync(file, 'utf8')));

export default defineConfig(({ mode }) => {
  const isSoak = mode === 'soak';
  const isOfPackage = mode === 'package';
  const chosen = (files: readonly string[]): string[] =>
    files.filter((file) =>
      isOfPackage
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
  const others = all.filter((file) => !measuring.includes(file));
  return {
    // The package is tested as it is published.
    plugins: isOfPackage ? [] : [bundledThreads()],
    test: {
      // One more than processors: most of them wait for something now and then.
      maxWorkers: 3,
      globalSetup: isOfPackage ? [] : ['test/support/run-folder.ts'],
      setupFiles: ['test/support/stray-errors.ts'],
      sequence: { sequencer: LongestFirst },
      // What happens in a moment may take longer where much else is done.
      expect: { poll: { timeout: 15_000, interval: 20 } },
      testTimeout: 60_000,
      hookTimeout: 120_000,
      env: { KVASI_SOAK: String(isSoak) },
      projects: [
        // They share the modules that they import.
        project('tests', others, { isolate: false }),
        project('measuring', measuring, { fileParallelism: false, sequence: { groupOrder: 1 } }),
      ].filter(({ test }) => (test?.include?.length ?? 0) > 0),
    },
  };
});
