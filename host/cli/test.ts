import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { alternatives } from '../config/report.ts';
import { BACKEND_NAMES, type BackendName } from '../config/settings.ts';
import { HostError } from '../host-error.ts';
import { correct } from '../scenarios/correct.ts';
import { type LoadedScenarios, readScenarios } from '../scenarios/read-scenarios.ts';
import type { ScenarioResult } from '../scenarios/result.ts';
import { correctionsOf, runFiles } from '../scenarios/run-files.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { type Stages, startStages } from '../scenarios/start-stages.ts';
import type { CommandContext } from './command-context.ts';
import { FileWatch } from './file-watch.ts';
import { junitXml } from './junit.ts';
import { Progress } from './progress.ts';
import { tap } from './tap.ts';
import { asResult, matrixReport } from './test-matrix.ts';
import type { TestOptions } from './test-options.ts';

/** `kvasi test`: exit code 1 when a scenario failed, or when none could run.
 * With `CI=true` a backend whose server is not installed is an error. */
export async function test(
  files: readonly string[],
  options: TestOptions,
  context: CommandContext,
): Promise<0 | 1> {
  const paths = files.length > 0 ? files : ['scenarios.yaml'];
  if (paths.includes(''))
    throw new HostError('usage', 'a file of scenarios has the name "". Name one that is there.');
  const backends = backendsOf(options.against ?? ['in_memory']);
  // What is wrong in a file is told before anything is started.
  const read = options.watch === true ? [] : await readAll(paths, options, context);
  context.heedSignals();
  await using stages = await startStages(backends);
  for (const { backend, missing } of stages.columns) {
    if (missing === undefined) continue;
    if (context.env.CI === 'true') throw new HostError('backend', `${backend} can't be tested: ${missing}`);
    context.stderr.problem(`kvasi: SKIPPED ${backend}: ${missing}`);
  }
  if (options.watch !== true) return await runOnce(read, options, stages, context);
  return await runAgainAndAgain(paths, options, stages, context);
}

async function runAgainAndAgain(
  paths: readonly string[],
  options: TestOptions,
  stages: Stages,
  context: CommandContext,
): Promise<0 | 1> {
  const { cwd, stderr, signal } = context;
  using watch = new FileWatch(signal);
  const own = paths.map((path) => resolve(cwd, path));
  watch.watch(own);
  let code: 0 | 1 = 0;
  do {
    try {
      const files = await readAll(paths, options, context);
      const components = files.flatMap(({ scenarios }) => scenarios.map(({ host }) => host.component));
      watch.watch([...own, ...components]);
      code = await runOnce(files, { ...options, wrote: (path) => watch.wrote(path) }, stages, context);
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      code = 1;
      stderr.problem(`kvasi: ${error.message}`);
    }
    if (!signal.aborted) stderr.lines(['', 'waiting for a change; Ctrl-C ends']);
  } while (await watch.changed());
  return code;
}

function readAll(
  paths: readonly string[],
  { project }: TestOptions,
  { cwd }: CommandContext,
): Promise<LoadedScenarios[]> {
  return Promise.all(paths.map((path) => readScenarios(path, cwd, { project })));
}

async function runOnce(
  files: readonly LoadedScenarios[],
  options: TestOptions,
  stages: Stages,
  context: CommandContext,
): Promise<0 | 1> {
  const { stdout, stderr, signal } = context;
  const chosen = ({ name }: Scenario): boolean => name.includes(options.name ?? '');
  const count = files.flatMap(({ scenarios }) => scenarios.filter(chosen)).length;
  if (files.every(({ scenarios }) => scenarios.length === 0)) {
    const names = files.map(({ name }) => name).join(', ');
    throw new HostError('config', `there is no scenario in ${names}. Write one under scenarios.`);
  }
  if (count === 0) {
    throw new HostError('usage', `no scenario has ${JSON.stringify(options.name ?? '')} in its name.`);
  }
  const updated = options.update === true ? await update(files, stages, chosen, options, context) : files;

  const progress = new Progress(stderr, count * stages.columns.length);
  const results = await runFiles(updated, stages, {
    chosen,
    signal,
    began: (file, scenario, backend) => progress.begin(`${file.name} on ${backend}`, scenario.name),
    ended: () => progress.end(),
  });
  progress.clear();
  print(results, options.reporter, stdout);
  if (signal.aborted) stderr.line('kvasi: stopped before the end');
  const hasPassed = results.every(({ outcome }) => outcome !== 'failed');
  const hasRun = results.some(({ outcome }) => outcome === 'passed');
  return hasPassed && hasRun && !signal.aborted ? 0 : 1;
}

/** Writes what the component does on the first backend into the files, and reads them again. */
async function update(
  files: readonly LoadedScenarios[],
  stages: Stages,
  chosen: (scenario: Scenario) => boolean,
  options: TestOptions,
  context: CommandContext,
): Promise<readonly LoadedScenarios[]> {
  const first = stages.columns.find(({ missing }) => missing === undefined);
  if (first === undefined) return files;
  for (const file of files) {
    const corrections = await correctionsOf(file, stages, first.backend, chosen);
    if (corrections.length === 0) continue;
    await writeFile(file.path, correct(file.source, corrections));
    options.wrote?.(file.path);
    const what = corrections.length === 1 ? '1 expectation' : `${corrections.length} expectations`;
    context.stderr.line(`kvasi: wrote ${what} to ${file.name}, from ${first.backend}`);
  }
  return await readAll(
    files.map(({ path }) => path),
    options,
    context,
  );
}

function print(
  results: readonly ScenarioResult[],
  reporter: TestOptions['reporter'],
  stdout: CommandContext['stdout'],
): void {
  switch (reporter) {
    case 'table':
      stdout.lines(matrixReport(results));
      break;
    case 'junit':
      stdout.text(junitXml('kvasi test', results.map(asResult)));
      break;
    case 'tap':
      stdout.text(tap(results.map(asResult)));
      break;
    case 'json':
      stdout.json({ results }, 2);
      break;
  }
}

function backendsOf(given: readonly string[]): BackendName[] {
  const names = given.flatMap((text) => text.split(',')).map((name) => name.trim());
  return [...new Set(names)].map((name) => {
    const backend = BACKEND_NAMES.find((known) => known === name);
    if (backend !== undefined) return backend;
    throw new HostError(
      'usage',
      `--against names ${JSON.stringify(name)}. Expected ${alternatives(BACKEND_NAMES)}, several with commas.`,
    );
  });
}
