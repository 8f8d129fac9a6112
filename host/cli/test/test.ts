import { resolve } from 'node:path';
import { BACKEND_NAMES, type BackendName } from '../../interfaces/keyvalue/configuration/backend-settings.ts';
import { alternatives } from '../../settings/report.ts';
import { HostError } from '../../shared/host-error.ts';
import type { CommandContext } from '../../terminal/command-context.ts';
import { Progress } from '../../terminal/progress.ts';
import { correct } from '../../testing/scenarios/correct.ts';
import { type LoadedScenarios, readScenarios } from '../../testing/scenarios/read-scenarios.ts';
import { correctionsOf, runFiles } from '../../testing/scenarios/run-files.ts';
import type { Scenario } from '../../testing/scenarios/scenario.ts';
import { filesOf, type Stages, startStages } from '../../testing/scenarios/start-host-pool.ts';
import type { NamedProgram } from '../../testing/servers/found-backend.ts';
import { SERVED_BACKENDS } from '../../testing/stores/own-backend.ts';
import { FileWatch } from '../dev/file-watch.ts';
import { replaceText } from '../replace-text.ts';
import type { TestOptions } from './test-options.ts';
import { printResults } from './test-report.ts';

/**
 * `kvasi test`: exit code 1 when a scenario failed, when none ran, or when the server of a backend is not installed.
 */
export async function test(
  files: readonly string[],
  options: TestOptions,
  context: CommandContext,
): Promise<0 | 1> {
  const paths = files.length > 0 ? distinct(files, context.cwd) : ['scenarios.yaml'];
  if (paths.includes(''))
    throw new HostError('usage', 'a file of scenarios has the name "". Name one that is there.');
  const backends = backendsOf(options.against ?? ['in_memory']);
  const programs = programsOf(options, backends);
  // What is wrong in a file is told before anything is started.
  const read = options.watch === true ? [] : await readAll(paths, options, context);
  context.heedSignals();
  await using stages = await startStages(backends, { env: context.env, cwd: context.cwd, programs });
  for (const { name, missing } of stages.columns) {
    if (missing === undefined) continue;
    throw new HostError(
      'backend',
      `${name} can't be tested: ${missing}. Install it, or name its program with --${name}-server.`,
    );
  }
  context.signal.addEventListener('abort', () => {
    const ending = ['the host', ...stages.running].join(' and ');
    context.stderr.clearLine();
    context.stderr.line(`kvasi: waits for ${ending} to end; Ctrl-C again ends all at once`);
  });
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
      const components = files.flatMap(({ scenarios }) => scenarios.flatMap(({ host }) => filesOf(host)));
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

/** Each file once, by its first name. */
function distinct(files: readonly string[], cwd: string): string[] {
  const paths = files.map((file) => resolve(cwd, file));
  return files.filter((_, index) => paths.indexOf(paths[index] ?? '') === index);
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
  const updated =
    options.update === true ? await update(files, stages, { chosen, signal }, options, context) : files;

  const progress = new Progress(stderr, count * stages.columns.length);
  const results = await runFiles(updated, stages, {
    chosen,
    signal,
    began: (file, scenario, backend) => progress.begin(`${file.name} on ${backend}`, scenario.name),
    ended: () => progress.end(),
  });
  progress.clear();
  printResults(results, stages.columns, options.reporter, stdout);
  if (signal.aborted) stderr.line('kvasi: stopped before the end');
  const hasRun = results.some(({ outcome }) => outcome !== 'skipped');
  if (!hasRun && !signal.aborted) stderr.problem('kvasi: nothing ran, as every scenario was skipped.');
  const hasPassed = results.every(({ outcome }) => outcome !== 'failed');
  return hasPassed && hasRun && !signal.aborted ? 0 : 1;
}

/** Writes what the component does on the first backend into the files, and reads them again. */
async function update(
  files: readonly LoadedScenarios[],
  stages: Stages,
  run: { readonly chosen: (scenario: Scenario) => boolean; readonly signal: AbortSignal },
  options: TestOptions,
  context: CommandContext,
): Promise<readonly LoadedScenarios[]> {
  const [first] = stages.columns;
  if (first === undefined) return files;
  for (const file of files) {
    const corrections = await correctionsOf(file, stages, first.name, run);
    if (corrections === undefined) return files;
    if (corrections.length === 0) continue;
    await replaceText(file.path, file.name, correct(file.source, corrections), file.source);
    options.wrote?.(file.path);
    const what = corrections.length === 1 ? '1 expectation' : `${corrections.length} expectations`;
    context.stderr.line(`kvasi: wrote ${what} to ${file.name}, from ${first.name}`);
  }
  return await readAll(
    files.map(({ path }) => path),
    options,
    context,
  );
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

/** The programs of servers that were named, for backends that are tested. */
function programsOf(
  { redisServer, natsServer, postgresServer }: TestOptions,
  backends: readonly BackendName[],
): Partial<Record<BackendName, NamedProgram>> {
  const given = { redis: redisServer, nats: natsServer, postgres: postgresServer };
  const programs: Partial<Record<BackendName, NamedProgram>> = {};
  for (const name of SERVED_BACKENDS) {
    const program = given[name];
    if (program === undefined) continue;
    if (!backends.includes(name)) {
      throw new HostError(
        'usage',
        `--${name}-server is given, but nothing is tested against ${name}. Add --against ${name}.`,
      );
    }
    programs[name] = { program, source: `--${name}-server` };
  }
  return programs;
}
