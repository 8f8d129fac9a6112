/** `npm run bench`: measures kvasi beside its peers. See README.md. */
import { availableParallelism, cpus } from 'node:os';
import { build } from './build.ts';
import { contenders } from './contenders/all.ts';
import type { Contender } from './contenders/contender.ts';
import { endWithSignals } from './end-with-signals.ts';
import { json, type Machine } from './json.ts';
import { findLoadGenerator } from './load/load-generator.ts';
import { measureFirstSeconds } from './measure-first-seconds.ts';
import { measureKeys } from './measure-keys.ts';
import { type LoadReport, measureLoad, sharingServers } from './measure-load.ts';
import { measureMemory } from './measure-memory.ts';
import { measureMessages } from './measure-messages.ts';
import { measureStart } from './measure-start.ts';
import { parseOptions } from './options.ts';
import {
  firstSecondsText,
  keysText,
  loadText,
  memoryText,
  messagesText,
  startText,
  targetText,
} from './print.ts';
import type { Results } from './results.ts';
import type { RunContext } from './run-context.ts';
import { scratchFolder } from './scratch-folder.ts';
import { loadWorkloads } from './workloads/all.ts';

endWithSignals();

const names = [
  ...loadWorkloads.map(({ name }) => name),
  ...['start', 'first-seconds', 'memory', 'million-keys', 'messages'],
];
try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), names);
  const isWanted = (name: string): boolean => options.only.length === 0 || options.only.includes(name);
  const show = (text: string): void => {
    if (!options.json) console.log(`\n${text}`);
  };
  const progress = (text: string): void => console.error(text);

  progress('building');
  await build();
  const scratch = scratchFolder();
  const generator = await findLoadGenerator();
  const versions = await installed();
  const context: RunContext = { extent: options.extent, generator, scratch, versions, progress };
  const machine = describeMachine(generator.title, versions);
  show(machineText(machine, options.extent.rounds, options.extent.seconds));

  const load: LoadReport[] = [];
  for (const group of sharingServers(loadWorkloads.filter(({ name }) => isWanted(name)))) {
    for await (const report of measureLoad(group, context)) {
      load.push(report);
      show(loadText(report));
    }
  }
  const start = isWanted('start') ? await measureStart(context) : undefined;
  if (start !== undefined) show(startText(start));
  const firstSeconds = isWanted('first-seconds') ? await measureFirstSeconds(context) : undefined;
  if (firstSeconds !== undefined) show(firstSecondsText(firstSeconds));
  const memory = isWanted('memory') ? await measureMemory(context) : undefined;
  if (memory !== undefined) show(memoryText(memory));
  const keys = isWanted('million-keys') ? await measureKeys(context) : undefined;
  if (keys !== undefined) show(keysText(keys));

  const messages = isWanted('messages') ? await measureMessages(context) : undefined;
  if (messages !== undefined) show(messagesText(messages));

  const results: Results = { load, start, memory, keys, firstSeconds, messages };
  show(targetText(results));
  if (options.json) console.log(json(machine, results));
}

async function installed(): Promise<Map<Contender, string>> {
  const found = await Promise.all(
    contenders.map(async (contender) => [contender, await contender.version()] as const),
  );
  return new Map(
    found.flatMap(([contender, version]) => (version === undefined ? [] : [[contender, version]])),
  );
}

function describeMachine(loadGenerator: string, versions: ReadonlyMap<Contender, string>): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    node: process.version,
    loadGenerator,
    versions: Object.fromEntries(
      contenders.map((contender) => [contender.name, versions.get(contender) ?? null]),
    ),
  };
}

function machineText(
  { cpu, cores, loadGenerator, versions }: Machine,
  rounds: number,
  seconds: number,
): string {
  return [
    `${cores} × ${cpu}; ${rounds} rounds of ${seconds} s; ${loadGenerator}`,
    ...Object.entries(versions).map(
      ([name, version]) => `  ${name}  ${version ?? 'NOT INSTALLED: bench/README.md says how to get it'}`,
    ),
    'Each figure is the median of the rounds; a ratio is the median of the ratios within each round.',
  ].join('\n');
}
