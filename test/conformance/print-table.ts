import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { groups } from '../../host/interfaces/keyvalue/conformance/groups.ts';
import { type Counts, countByGroup, countTable, totalLine } from '../../host/terminal/result-counts.ts';
import { root } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';

/** One test of the suite, as vitest reports it. */
interface Reported {
  readonly ancestorTitles: readonly string[];
  readonly title: string;
  readonly status: string;
  readonly failureMessages: readonly string[];
}

/** The suite of blobs by its files. */
const groupsOfBlobs: Readonly<Record<string, string>> = {
  contract: 'past components',
  components: 'through components',
  failures: 'when something breaks',
};

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
  testResults: readonly { readonly name: string; readonly assertionResults: readonly Reported[] }[];
};
const results = testResults.flatMap(({ name, assertionResults }) =>
  assertionResults.map(({ ancestorTitles, title, status, failureMessages }) => ({
    backend: backendOf(name, ancestorTitles),
    group: groupOf(name, ancestorTitles),
    title: [...ancestorTitles, title].join(' > '),
    outcome: outcomeOf(status),
    failureMessages,
  })),
);

const backends = Map.groupBy(results, ({ backend }) => backend);
const width = Math.max(...groups.map(({ name }) => name.length));
for (const [backend, own] of backends) {
  console.log(`\n${backend}`);
  for (const line of countTable(countByGroup(own), width)) console.log(`  ${line}`);
}
for (const { backend, title, outcome, failureMessages } of results) {
  if (outcome === 'failed') console.log(`\nFAILED ${backend} > ${title}\n${failureMessages.join('\n')}`);
}
const skipped = results.filter(({ outcome }) => outcome === 'skipped').length;
if (skipped > 0) console.log(`\n${skipped} skipped: their server is not installed`);
console.log(`\n${totalLine(results)}`);
const hasPassed = results.some(({ outcome }) => outcome === 'passed');
process.exitCode = hasPassed && results.every(({ outcome }) => outcome !== 'failed') ? 0 : 1;

/** Blobs have one file for all of their backends. */
function backendOf(file: string, [title]: readonly string[]): string {
  const name = basename(file, '.test.ts');
  return dirname(file).endsWith('blobs') ? `blobs, ${title ?? 'of all backends'}` : name;
}

function groupOf(file: string, titles: readonly string[]): string {
  if (dirname(file).endsWith('blobs')) return groupsOfBlobs[basename(file, '.test.ts')] ?? 'of its own';
  return groups.find((group) => titles.includes(group.name))?.name ?? 'of its own';
}

function outcomeOf(status: string): keyof Counts {
  return status === 'passed' || status === 'failed' ? status : 'skipped';
}
