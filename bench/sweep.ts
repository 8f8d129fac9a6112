/** `npm run bench:sweep`: varies what users vary, and prints where kvasi falls off. */
import { parseArgs } from 'node:util';
import { freePort } from '../test/support/server.ts';
import { build } from './build.ts';
import { kvasi } from './contenders/kvasi.ts';
import { endWithSignals } from './end-with-signals.ts';
import { findLoadGenerator, type LoadGenerator } from './load/load-generator.ts';
import { RunningProcess } from './running-process.ts';
import { scratchFolder } from './scratch-folder.ts';
import { allSweeps } from './sweeps/all.ts';
import { cliffAt, type Measured, type Point, type Served, type Sweep } from './sweeps/sweep.ts';
import { figure, table } from './table.ts';

const usage = `npm run bench:sweep -- [--only <sweep>]… [--seconds N]

  --only <name>  only this sweep; may be repeated, a * at the end stands for any rest
  --seconds <N>  seconds of load at each point (default: 2)`;

endWithSignals();
const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    seconds: { type: 'string', default: '2' },
    help: { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
if (values.help || !Number.isInteger(seconds) || seconds < 1) {
  console.error(usage);
  process.exit(values.help ? 0 : 2);
}

await build();
await using owner = new AsyncDisposableStack();
const scratch = scratchFolder();
const generator = await findLoadGenerator();
console.log(`${generator.title}; ${seconds} s at each point`);
let cliffs = 0;
for (const sweep of (await allSweeps(scratch, owner)).filter(isWanted)) cliffs += await run(sweep);
console.log(cliffs === 0 ? '\nNo cliff.' : `\n${cliffs} cliffs.`);

function isWanted({ name }: Sweep): boolean {
  const { only } = values;
  const matches = (pattern: string): boolean =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
  return only.length === 0 || only.some(matches);
}

/** Answers how many cliffs it has. */
async function run({ name, title, missing, points }: Sweep): Promise<number> {
  console.log(`\n${name}: ${title}`);
  if (missing !== undefined) {
    console.log(`  not measured: ${missing}`);
    return 0;
  }
  const measured: Measured[] = [];
  let host: StartedHost | undefined;
  try {
    for (const point of points) {
      if (host?.served !== point.served) {
        await host?.process.stop();
        await host?.process[Symbol.asyncDispose]();
        host = await start(point.served);
      }
      measured.push({ point, result: await load(generator, host.url, point) });
    }
  } finally {
    await host?.process[Symbol.asyncDispose]();
  }
  const cliffs = measured.map((_, index) => cliffAt(measured, index));
  const rows = measured.map(({ point, result }, index) => [
    point.label,
    figure(result.requestsPerSecond),
    figure(result.latency),
    figure(result.latency99),
    result.errors === 0 ? '' : `${result.errors}`,
    cliffs[index] ?? '',
  ]);
  console.log(table(['', 'requests/s', 'median ms', 'p99 ms', 'errors', 'cliff'], rows));
  return cliffs.filter((cliff) => cliff !== undefined).length;
}

async function load(generator: LoadGenerator, url: string, { load, isCold }: Point) {
  if (isCold === true) return await generator.run({ url, ...load, seconds: 1 });
  await generator.run({ url, ...load, seconds: 1 });
  return await generator.run({ url, ...load, seconds });
}

interface StartedHost {
  readonly served: Served;
  readonly url: string;
  readonly process: RunningProcess;
}

async function start(served: Served): Promise<StartedHost> {
  const { file, args = [], prepare } = served;
  const port = await freePort();
  const command = await kvasi.command({ port, component: 'bench', file, scratch });
  const process = new RunningProcess({ ...command, args: [...command.args, ...args] });
  const url = `http://127.0.0.1:${port}`;
  await process.firstAnswer(`${url}/`);
  await prepare?.(url);
  return { served, url, process };
}
