import { basename, dirname, join, resolve } from 'node:path';
import { alternatives } from '../../settings/report.ts';
import { HostError } from '../../shared/host-error.ts';
import { widest } from '../../shared/widest.ts';
import type { CommandContext } from '../../terminal/command-context.ts';
import { Progress } from '../../terminal/progress.ts';
import { styled } from '../../terminal/styled.ts';
import {
  type Behavior,
  behaviorOf,
  EFFECTS,
  type Effect,
  type Trial,
} from '../../testing/scenarios/behavior.ts';
import { readScenarios } from '../../testing/scenarios/read-scenarios.ts';
import type { Scenario } from '../../testing/scenarios/scenario.ts';
import { startStages } from '../../testing/scenarios/start-host-pool.ts';

/** How long a request may take under a fault where the file does not say, in milliseconds. */
const patience = 3000;
/** In the sentence that counts. */
const plurals = {
  'loses data': 'lose data',
  hangs: 'hang',
  'breaks off': 'break off',
  'answers 5xx': 'answer 5xx',
  'goes on': 'go on',
} as const;
const failing: ReadonlySet<Effect> = new Set(['loses data', 'hangs']);
const colors = {
  'loses data': 'red',
  hangs: 'red',
  'breaks off': 'yellow',
  'answers 5xx': 'yellow',
  'goes on': 'green',
} as const;

/**
 * `kvasi inspect --behavior`: runs a component's scenarios under every fault in turn. Exit code 1 where it loses data
 * or hangs, and where a scenario does not pass without faults.
 * @param file of scenarios; `true` for the `scenarios.yaml` beside the component
 */
export async function inspectBehavior(
  component: string,
  file: string | true,
  isJson: boolean,
  context: CommandContext,
): Promise<0 | 1> {
  const { cwd, stdout, stderr, signal } = context;
  const path = resolve(cwd, component);
  const place = file === true ? join(dirname(path), 'scenarios.yaml') : file;
  const { scenarios, name } = await scenariosOf(place, path, cwd);
  context.heedSignals();
  await using stages = await startStages(['in_memory'], context);
  const progress = new Progress(stderr, scenarios.length);
  const behaviors = new Map<Scenario, Behavior>();
  for (const scenario of scenarios) {
    if (signal.aborted) break;
    progress.begin(name, scenario.name);
    const host = { ...scenario.host, requestTimeout: scenario.host.requestTimeout ?? patience };
    const stage = () => stages.stage('in_memory', host);
    behaviors.set(scenario, await behaviorOf({ ...scenario, host }, stage, signal));
    progress.end();
  }
  progress.clear();
  const results = [...behaviors].map(([scenario, behavior]) => ({ scenario: scenario.name, ...behavior }));
  if (isJson) stdout.json({ component: path, scenarios: results }, 2);
  else stdout.lines(lines(basename(component), results));
  if (signal.aborted) stderr.line('kvasi: stopped before the end');
  const isGood = results.every(
    ({ problem, trials }) => problem === undefined && trials.every(({ effect }) => !failing.has(effect)),
  );
  return isGood && !signal.aborted ? 0 : 1;
}

/** Those that name this component, or else all of them with it in the place of theirs; none that has faults of its own. */
async function scenariosOf(
  file: string,
  component: string,
  cwd: string,
): Promise<{ readonly name: string; readonly scenarios: readonly Scenario[] }> {
  const all = await readScenarios(file, cwd, { component });
  // A file that is only for this need not name a component.
  const asWritten = await readScenarios(file, cwd).catch(() => all);
  const own = asWritten.scenarios.filter(({ host }) => host.component === component);
  const chosen = own.length > 0 ? own : all.scenarios;
  const scenarios = chosen.filter(({ steps }) => steps.every(({ kind }) => kind !== 'faults'));
  if (scenarios.length > 0) return { name: all.name, scenarios };
  throw new HostError('config', `${all.name} has no scenario without faults of its own. Add one.`);
}

type Result = Behavior & { readonly scenario: string };

function lines(component: string, results: readonly Result[]): string[] {
  const trials = results.flatMap((result) => result.trials);
  const counts = EFFECTS.map((effect) => {
    const count = trials.filter((trial) => trial.effect === effect).length;
    return `${count} ${plurals[effect]}`;
  });
  return [
    `${styled('bold', component)} under faults`,
    '',
    ...results.flatMap(({ scenario, problem, trials: own }) => [
      styled('bold', scenario),
      ...(problem === undefined ? [] : problem.split('\n').map((line) => `  ${line}`)),
      ...(problem === undefined ? table(own) : [styled('red', '  It does not pass without faults.')]),
      '',
    ]),
    `${trials.length} runs: ${counts.join(', ')}`,
  ];
}

/** What comes to the same for several faults of an operation is one line. */
function table(trials: readonly Trial[]): string[] {
  if (trials.length === 0) return ['  It does nothing with its buckets.'];
  const alike = Map.groupBy(trials, ({ operation, effect, detail }) =>
    JSON.stringify([operation, effect, detail]),
  );
  const rows = [...alike.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ ...first, fault: alternatives(group.map(({ fault }) => fault)) }];
  });
  const operations = widest(rows.map(({ operation }) => operation));
  const effects = widest(EFFECTS);
  return rows.flatMap(({ operation, fault, effect, detail }, index) => {
    const shown = styled(colors[effect], effect) + ' '.repeat(effects - effect.length);
    const name = rows[index - 1]?.operation === operation ? '' : operation;
    return [`  ${name.padEnd(operations)}  ${shown}  ${detail}, if it ${fault}`];
  });
}
