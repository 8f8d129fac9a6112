import type { BackendName } from '../../interfaces/keyvalue/configuration/backend-settings.ts';
import { reasonOf } from '../../shared/host-error.ts';
import type { FoundBackend } from '../servers/found-backend.ts';
import type { Correction } from './difference.ts';
import type { LoadedScenarios } from './read-scenarios.ts';
import type { ScenarioResult } from './result.ts';
import { runScenario } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';
import type { Stages } from './start-host-pool.ts';

export interface RunFilesOptions {
  /** Whether a scenario is run. Default: every one. */
  readonly chosen?: (scenario: Scenario) => boolean;
  /** Ends the run: no further scenario is begun, and the one under way is not waited for. */
  readonly signal: AbortSignal;
  readonly began: (file: LoadedScenarios, scenario: Scenario, backend: BackendName) => void;
  readonly ended: (result: ScenarioResult) => void;
}

/** Runs each scenario on each backend, one after the other. */
export async function runFiles(
  files: readonly LoadedScenarios[],
  stages: Stages,
  options: RunFilesOptions,
): Promise<ScenarioResult[]> {
  const results: ScenarioResult[] = [];
  for (const column of stages.columns) {
    for (const file of files) {
      for (const scenario of file.scenarios) {
        if (options.signal.aborted) return sorted(results, files);
        if (options.chosen?.(scenario) === false) continue;
        options.began(file, scenario, column.name);
        const result = await untilAborted(runCell(file, scenario, column, stages), options.signal);
        if (result === undefined) return sorted(results, files);
        results.push(result);
        options.ended(result);
      }
    }
  }
  return sorted(results, files);
}

/** `undefined` where the signal comes first. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const stop = (): void => resolve(undefined);
  signal.addEventListener('abort', stop);
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/**
 * What the file would say if what the component does on a backend were right.
 * @returns `undefined` where the signal came first
 */
export async function correctionsOf(
  file: LoadedScenarios,
  stages: Stages,
  backend: BackendName,
  { chosen, signal }: Pick<RunFilesOptions, 'chosen' | 'signal'>,
): Promise<Correction[] | undefined> {
  const corrections: Correction[] = [];
  for (const scenario of file.scenarios) {
    if (signal.aborted) return undefined;
    if (chosen?.(scenario) === false || scenario.skip.has(backend)) continue;
    const found = await untilAborted(correctionsOfScenario(scenario, stages, backend), signal);
    if (found === undefined) return undefined;
    corrections.push(...found);
  }
  return corrections;
}

async function correctionsOfScenario(
  scenario: Scenario,
  stages: Stages,
  backend: BackendName,
): Promise<Correction[]> {
  try {
    const stage = await stages.stage(backend, scenario.host);
    const { differences, unsaid } = await runScenario(stage, scenario, 'all');
    return [...unsaid, ...differences.flatMap(({ correction }) => correction ?? [])];
  } catch {
    // What can't be run has nothing to be taken from; the run that follows tells why.
    return [];
  }
}

async function runCell(
  file: LoadedScenarios,
  scenario: Scenario,
  { name: backend }: FoundBackend,
  stages: Stages,
): Promise<ScenarioResult> {
  const cell = { file: file.name, name: scenario.name, backend };
  const skipped = scenario.skip.get(backend);
  if (skipped !== undefined) return { ...cell, outcome: 'skipped', milliseconds: 0, reason: skipped };
  const begun = performance.now();
  const end = (): number => performance.now() - begun;
  try {
    const stage = await stages.stage(backend, scenario.host);
    const [difference] = (await runScenario(stage, scenario, 'first difference')).differences;
    if (difference === undefined) return { ...cell, outcome: 'passed', milliseconds: end() };
    const { at, subject, text } = difference;
    const reason = `${file.locate(at)}: ${subject}: ${text}`;
    return { ...cell, outcome: 'failed', milliseconds: end(), reason };
  } catch (error) {
    const reason = `${file.locate(scenario.at)}: ${reasonOf(error)}`;
    return { ...cell, outcome: 'failed', milliseconds: end(), reason };
  }
}

/** In the order of the files, whatever the order in which they ran. */
function sorted(results: readonly ScenarioResult[], files: readonly LoadedScenarios[]): ScenarioResult[] {
  const order = new Map(files.map(({ name }, index) => [name, index]));
  return [...results].sort((a, b) => (order.get(a.file) ?? 0) - (order.get(b.file) ?? 0));
}
