import { rmSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../support/kvasi-process.ts';
import { command } from './command.ts';
import { declarationRows } from './declaration-rows.ts';
import { FreshProject } from './fresh-project.ts';
import type { Bench, Row } from './row.ts';
import { runnerRows } from './runner-rows.ts';
import { typeRows } from './type-rows.ts';

/** Packs the package, installs it into fresh projects and runs the examples of the documents there: `npm run test:package -- [row]`. */

/** How many rows run side by side. */
const abreast = 2;

/** Why the registry can't be used; undefined where it can. */
async function whyNoRegistry(): Promise<string | undefined> {
  const flags = ['--fetch-retries=0', '--fetch-timeout=15000', '--prefer-online', '--loglevel=error'];
  try {
    await command(['npm', 'view', 'vitest', 'version', ...flags], { cwd: root });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function pack(folder: string): Promise<string> {
  const printed = await command(['npm', 'pack', '--json', '--pack-destination', folder], { cwd: root });
  const [entry] = Object.values(
    JSON.parse(printed.slice(printed.search(/^[[{]/m))) as Record<string, { filename: string }>,
  );
  return join(folder, entry?.filename ?? '');
}

/** The oldest Node that the package runs on. */
async function oldestNode(folder: string): Promise<string> {
  await mkdir(folder);
  const project = await FreshProject.create(folder, { allowScripts: { node: true } }, ['node@24']);
  return join(project.folder, 'node_modules/node/bin/node');
}

async function runRow(row: Row, bench: Bench): Promise<boolean> {
  const started = performance.now();
  const failure = await row.run(bench).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(6);
  console.log(`${failure === undefined ? 'passed' : 'FAILED'} ${seconds} s  ${row.name}`);
  if (failure !== undefined) console.log(failure.trimEnd().replaceAll(/^/gm, '    '));
  return failure === undefined;
}

const missing = await whyNoRegistry();
if (missing !== undefined) {
  console.warn(
    `SKIPPED: npm reaches no registry, so the package is not tried in fresh projects.\n${missing}`,
  );
  process.exit(0);
}
const [wanted = ''] = process.argv.slice(2);
const rows = [...runnerRows, ...typeRows, ...declarationRows].filter(({ name }) => name.includes(wanted));
if (rows.length === 0) {
  console.error(`no row has ${JSON.stringify(wanted)} in its name`);
  process.exit(2);
}
const started = performance.now();
const folder = await mkdtemp(join(tmpdir(), 'kvasi-package-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
const tarball = await pack(folder);
const projects = new Map<string, Promise<FreshProject>>();
const bench: Bench = {
  folder,
  tarball,
  node: { 24: await oldestNode(join(folder, 'node')), 26: process.execPath },
  project(name, manifest, packages) {
    const made = projects.get(name) ?? FreshProject.create(folder, manifest, packages);
    projects.set(name, made);
    return made;
  },
};
const left = [...rows];
const results: boolean[] = [];
const work = async (): Promise<void> => {
  for (let row = left.shift(); row !== undefined; row = left.shift()) results.push(await runRow(row, bench));
};
await Promise.all(Array.from({ length: abreast }, work));
const failed = results.filter((hasPassed) => !hasPassed).length;
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(`${results.length - failed} passed, ${failed} failed, in ${seconds} s`);
process.exitCode = failed === 0 ? 0 : 1;
