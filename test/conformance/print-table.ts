import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { root } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';

/** One test of the suite, as vitest reports it. */
interface Result {
  readonly ancestorTitles: readonly string[];
  readonly title: string;
  readonly status: string;
}

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Runs the suite over every backend and prints backend × group, with how many cases passed, failed and were skipped. */
await using project = await Project.create();
const report = join(project.folder, 'report.json');
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const child = spawn(
  process.execPath,
  [vitest, 'run', 'test/conformance', '--reporter=json', `--outputFile=${report}`],
  { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
);
await new Promise((resolve) => child.once('close', resolve));

const { testResults } = JSON.parse(await readFile(report, 'utf8')) as {
  testResults: readonly { readonly name: string; readonly assertionResults: readonly Result[] }[];
};
const results = testResults.flatMap(({ name, assertionResults }) =>
  assertionResults.map((result) => ({ ...result, backend: basename(name, '.test.ts') })),
);
const table = new Map<string, Map<string, Counts>>();
const total: Counts = { passed: 0, failed: 0, skipped: 0 };

for (const { backend, ancestorTitles, status } of results) {
  const [, group = ''] = ancestorTitles.filter((title) => !title.startsWith('with '));
  const groups = table.get(backend) ?? new Map<string, Counts>();
  const counts = groups.get(group) ?? { passed: 0, failed: 0, skipped: 0 };
  const outcome = status === 'passed' || status === 'failed' ? status : 'skipped';
  counts[outcome] += 1;
  total[outcome] += 1;
  groups.set(group, counts);
  table.set(backend, groups);
}

const widest = Math.max(
  ...[...table.values()].flatMap((groups) => [...groups.keys()].map((name) => name.length)),
);
for (const [backend, groups] of table) {
  console.log(`\n${backend}`);
  for (const [group, { passed, failed, skipped }] of groups) {
    console.log(
      `  ${(group || 'of its own').padEnd(widest)}  ${passed} passed, ${failed} failed, ${skipped} skipped`,
    );
  }
}
for (const { backend, ancestorTitles, title, status } of results) {
  if (status === 'failed') console.log(`\nFAILED ${[backend, ...ancestorTitles, title].join(' > ')}`);
}
if (total.skipped > 0)
  console.log(`\n${total.skipped} skipped: what a store does not promise is not asked of it`);
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
