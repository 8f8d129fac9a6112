import { dirname, resolve } from 'node:path';
import { locator, syntaxError } from '../../settings/file/config-file.ts';
import { requireShallow } from '../../settings/file/nesting.ts';
import { parseYaml } from '../../settings/file/parse-yaml.ts';
import {
  formatPath,
  type KeyPath,
  type Locate,
  type ParsedFile,
  SyntaxProblem,
} from '../../settings/file/parsed-file.ts';
import { Report } from '../../settings/report.ts';
import { checkShape } from '../../settings/schema/validate.ts';
import { nearestAdvice } from '../../shared/nearest.ts';
import { absolutePath, shownPath } from '../../shared/path.ts';
import { readText } from '../../shared/read-text.ts';
import { bytesOf, wantedOf } from './bytes.ts';
import { bucketsOf, milliseconds, moment } from './checked-values.ts';
import type { ProjectHost } from './project-host.ts';
import { readSteps } from './read-steps.ts';
import type { IdentifierOptions, Scenario, ScenarioHost } from './scenario.ts';
import { type ScenarioFile, scenarioFileSchema, type WrittenScenario } from './schema.ts';

/** The largest file, in bytes. */
const largestFile = 64 * 1024 * 1024;

/** A file of scenarios that has been read and checked. */
export interface LoadedScenarios {
  /** Absolute path. */
  readonly path: string;
  /** The path for people. */
  readonly name: string;
  /** What the file says, byte by byte. */
  readonly source: string;
  readonly scenarios: readonly Scenario[];
  readonly locate: Locate;
}

export interface ReadOptions {
  /** Absolute path of a component that takes the place of those that the file names. */
  readonly component?: string | undefined;
  /** What the file leaves open. Default: as `scenarioFileSchema` says. */
  readonly project?: ProjectHost | undefined;
}

/**
 * Reads a file of scenarios.
 * @throws {HostError} `config` with every mistake and its place
 */
export async function readScenarios(
  path: string,
  cwd: string,
  options: ReadOptions = {},
): Promise<LoadedScenarios> {
  const absolute = resolve(cwd, path);
  const name = shownPath(absolute, cwd);
  const source = await readText(absolute, name, 'Name a file of scenarios.', largestFile);
  const parsed = parse(name, source);
  const locate = locator(name, parsed);
  const report = new Report(name);
  const file = checkShape(scenarioFileSchema, parsed.data ?? {}, locate, report, ({ path: at, known }) => {
    report.problem(() => {
      const hint = nearestAdvice(String(at.at(-1)), known, `Expected one of ${known.join(', ')}.`);
      return `${locate(at, 'key')}: ${formatPath(at)} is not a known key. ${hint}`;
    });
  });
  if (file !== undefined) checkNames(file, locate, report);
  const scenarios = (file?.scenarios ?? []).flatMap((scenario, index) => {
    const at = ['scenarios', index];
    const component =
      options.component ?? scenario.component ?? file?.component ?? options.project?.component;
    if (file === undefined || component == null) {
      report.problem(
        () => `${locate(at)}: ${formatPath(at)} has no component. Add component: app.wasm to the file.`,
      );
      return [];
    }
    const place = absolutePath(dirname(absolute), component);
    const { beside, ...project } = options.project ?? {};
    // Those of the project belong to its own component.
    const own = beside === undefined || place !== project.component ? {} : { beside };
    return [scenarioOf(file, scenario, { ...project, ...own, component: place }, at)];
  });
  report.throwProblems();
  return { path: absolute, name, source, scenarios, locate };
}

function parse(name: string, source: string): ParsedFile {
  try {
    const parsed = parseYaml(source);
    requireShallow(parsed.data);
    return parsed;
  } catch (error) {
    throw error instanceof SyntaxProblem ? syntaxError(name, 'YAML', error) : error;
  }
}

function checkNames({ scenarios }: ScenarioFile, locate: Locate, report: Report): void {
  const seen = new Map<string, KeyPath>();
  for (const [index, { name }] of scenarios.entries()) {
    const at = ['scenarios', index, 'name'];
    const first = seen.get(name);
    if (first === undefined) seen.set(name, at);
    else
      report.problem(
        () =>
          `${locate(at)}: there is a scenario ${JSON.stringify(name)} at ${locate(first)} already. Name this one otherwise.`,
      );
  }
}

function scenarioOf(
  file: ScenarioFile,
  given: WrittenScenario,
  project: ProjectHost & Pick<ScenarioHost, 'component'>,
  at: KeyPath,
): Scenario {
  const requestTimeout = given.requestTimeout ?? file.requestTimeout;
  const written = Object.entries({ ...file.keyvalue, ...given.keyvalue });
  const host: ScenarioHost = {
    component: project.component,
    ...(project.beside === undefined ? {} : { beside: project.beside }),
    ...(project.hostInterfaces === undefined ? {} : { hostInterfaces: project.hostInterfaces }),
    environment: { ...project.environment, ...file.environment, ...given.environment },
    config: { ...project.config, ...file.config, ...given.config },
    keyvalue: {
      ...project.keyvalue,
      ...Object.fromEntries(written.map(([name, entry]) => [name, optionsOf(entry)])),
    },
    instances: given.instances ?? file.instances ?? project.instances ?? 'fresh',
    requestTimeout: requestTimeout == null ? project.requestTimeout : milliseconds(requestTimeout),
    clock: clockOf(given.clock ?? file.clock ?? 'system'),
    seed: given.seed ?? file.seed ?? 0,
  };
  return {
    name: given.name,
    at,
    host,
    skip: new Map(Object.entries(given.skip ?? {})) as Scenario['skip'],
    before: bucketsOf(given.before, bytesOf),
    steps: readSteps(given.steps, [...at, 'steps']),
    after: bucketsOf(given.after, wantedOf),
  };
}

type WrittenOptions = NonNullable<ScenarioFile['keyvalue']>[string];

function optionsOf(entry: WrittenOptions): IdentifierOptions {
  if (typeof entry === 'string') return entry;
  return {
    ...(entry.ttl == null ? {} : { ttl: milliseconds(entry.ttl) }),
    ...(entry.counters == null ? {} : { counters: entry.counters }),
  };
}

function clockOf(given: string): ScenarioHost['clock'] {
  if (given === 'system' || given === 'frozen') return given;
  return moment(given);
}
