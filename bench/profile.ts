/** `npm run bench:profile`: where the time of a request goes in kvasi, by thread and function. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.ts';
import { kvasi, kvasiFromSources } from './contenders/kvasi.ts';
import { endWithSignals } from './end-with-signals.ts';
import { findLoadGenerator } from './load/load-generator.ts';
import { byFile, type FunctionTime, selfTimes } from './profile/cpu-profile.ts';
import { scratchFolder } from './scratch-folder.ts';
import { startContender } from './started-contender.ts';
import { figure, table } from './table.ts';
import { missingStore, startStore, startUpstream } from './workload-servers.ts';
import { loadWorkloads } from './workloads/all.ts';

const usage = `npm run bench:profile -- [--workload <name>] [--connections N] [--seconds N] [--top N] [--keep <folder>] [-- <arguments of kvasi dev>]

Workloads: ${loadWorkloads.map(({ name }) => name).join(', ')}`;

/** Microseconds between two samples. */
const interval = '200';
const warmUpSeconds = 3;

endWithSignals();
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    workload: { type: 'string', default: 'kv-get' },
    connections: { type: 'string', default: '16' },
    seconds: { type: 'string', default: '5' },
    top: { type: 'string', default: '30' },
    keep: { type: 'string' },
  },
});
const workload = loadWorkloads.find(({ name }) => name === values.workload);
if (workload === undefined) {
  console.error(usage);
  process.exit(2);
}
const top = Number(values.top);

// For the server beside Redis, and for the proxy that delays.
await build();
await using owner = new AsyncDisposableStack();
const scratch = scratchFolder();
const profiles = values.keep ?? join(scratch, 'profiles');

const absent = await missingStore(workload);
if (absent !== undefined) {
  console.error(`${workload.name} needs ${absent}, which is not installed.`);
  process.exit(1);
}
const { component } = workload;
const request = (await startUpstream(workload, scratch, owner))(workload.request);
const setup = { component, scratch, ...(await startStore(workload, owner)) };
const { url, process: server } = await startContender(
  {
    ...kvasi,
    command: async (setup) => {
      // The sources, so that the lines are theirs: types are stripped without moving anything.
      const command = await kvasiFromSources.command(setup);
      const flags = ['--cpu-prof', `--cpu-prof-dir=${profiles}`, `--cpu-prof-interval=${interval}`];
      return { ...command, args: [...flags, ...command.args, ...positionals] };
    },
  },
  setup,
  owner,
);
await workload.entrants.find(({ contender }) => contender === kvasi)?.prepare?.(url);

const generator = await findLoadGenerator();
const load = { url, request, connections: Number(values.connections) };
await generator.run({ ...load, seconds: warmUpSeconds });
const start = clock();
const result = await generator.run({ ...load, seconds: Number(values.seconds) });
const end = clock();
await server.stop();

const requests = result.requestsPerSecond * Number(values.seconds);
console.log(`${workload.title}, ${values.connections} connections, while it is sampled:
  ${figure(result.requestsPerSecond)} requests/s, ${figure(result.latency)} ms, ${result.errors} errors (${generator.title})`);
const files = (await readdir(profiles)).filter((name) => name.endsWith('.cpuprofile')).sort();
for (const file of files) {
  // CPU.<date>.<time>.<process>.<thread>.<number>.cpuprofile
  const thread = Number(file.split('.')[4]);
  const functions = selfTimes(await readFile(join(profiles, file), 'utf8'), start, end);
  const total = sum(functions);
  if (total === 0) continue;
  const idle = functions.find(({ name }) => name === '(idle)')?.microseconds ?? 0;
  const busy = functions.filter(({ name }) => name !== '(idle)');
  console.log(
    `\n${thread === 0 ? 'main thread' : `thread ${thread}`}: busy ${figure((100 * (total - idle)) / total)} % of the time, ${figure((total - idle) / requests)} µs a request`,
  );
  console.log(timeTable('file', byFile(busy).slice(0, Math.ceil(top / 2)), total - idle));
  console.log(`\n${timeTable('function', busy.slice(0, top), total - idle)}`);
}

function timeTable(head: string, rows: readonly FunctionTime[], total: number): string {
  return table(
    [head, '', 'µs/request', '%'],
    rows.map(({ name, place, microseconds }) => [
      name,
      place,
      figure(microseconds / requests),
      figure((100 * microseconds) / total),
    ]),
    2,
  );
}

function sum(functions: readonly FunctionTime[]): number {
  return functions.reduce((total, { microseconds }) => total + microseconds, 0);
}

/** The clock of the profiles, in microseconds. */
function clock(): number {
  return Number(process.hrtime.bigint() / 1000n);
}
