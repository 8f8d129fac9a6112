import { reasonOf } from '../host/shared/host-error.ts';
import { askFor } from './ask.ts';
import type { LoadRequest, LoadResult } from './load/load-generator.ts';
import type { RunContext } from './run-context.ts';
import type { RunningProcess } from './running-process.ts';
import { startContender } from './started-contender.ts';
import { rotated } from './statistics.ts';
import { missingStore, startStore, startUpstream } from './workload-servers.ts';
import type { Entrant, LoadWorkload } from './workloads/workload.ts';

/** What one entrant did under one number of connections. */
export interface LoadMeasurement {
  readonly label: string;
  readonly connections: number;
  readonly rounds: readonly LoadResult[];
}

export interface LoadReport {
  readonly workload: string;
  readonly title: string;
  readonly measurements: readonly LoadMeasurement[];
  /** Why something is not in the measurements. */
  readonly missing: readonly string[];
}

interface Server {
  readonly label: string;
  readonly url: string;
  readonly process: RunningProcess;
}

export function labelOf({ label, contender }: Entrant): string {
  return label ?? contender.name;
}

/** Consecutive workloads that can be sent to the same servers. */
export function sharingServers(workloads: readonly LoadWorkload[]): LoadWorkload[][] {
  const groups: LoadWorkload[][] = [];
  for (const workload of workloads) {
    const group = groups.at(-1);
    const first = group?.[0];
    const isShared =
      first?.entrants === workload.entrants &&
      first.component === workload.component &&
      first.redisDelay === workload.redisDelay &&
      first.store === workload.store;
    if (isShared) group?.push(workload);
    else groups.push([workload]);
  }
  return groups;
}

/** Starts the entrants of workloads that share servers, checks that all answer alike, and loads them in turn. */
export async function* measureLoad(
  workloads: readonly LoadWorkload[],
  context: RunContext,
): AsyncGenerator<LoadReport> {
  await using owner = new AsyncDisposableStack();
  const [first] = workloads;
  if (first === undefined) return;
  const { servers, missing } = await startAll(first, context, owner);
  const withUpstream = await startUpstream(first, context.scratch, owner);
  for (const given of workloads) {
    const { name, title, expected } = given;
    const request = withUpstream(given.request);
    const workload = { ...given, request };
    const able: Server[] = [];
    const unable = [...missing];
    for (const server of servers) {
      try {
        await checkAnswer(server.url, request, expected);
        able.push(server);
      } catch (error) {
        unable.push(
          `${server.label} ${server.process.hasEnded ? `broke down: ${server.process.lastError}` : reasonOf(error)}`,
        );
      }
    }
    const measurements: LoadMeasurement[] = [];
    for (const connections of workload.connections) {
      const alive = able.filter(({ process }) => !process.hasEnded);
      measurements.push(...(await measureInTurn(workload, alive, connections, context, unable)));
    }
    yield { workload: name, title, measurements, missing: unable };
  }
}

async function startAll(
  workload: LoadWorkload,
  { versions, scratch, progress }: RunContext,
  owner: AsyncDisposableStack,
): Promise<{ servers: Server[]; missing: string[] }> {
  const { name, component, entrants } = workload;
  const absent = await missingStore(workload);
  if (absent !== undefined) return { servers: [], missing: [`${absent} is not installed`] };
  const setup = { scratch, ...(await startStore(workload, owner)) };
  const missing: string[] = [];
  const servers: Server[] = [];
  for (const entrant of entrants) {
    const { contender, prepare } = entrant;
    const own = { ...setup, component: entrant.component ?? component };
    const label = labelOf(entrant);
    if (!versions.has(contender)) continue;
    if (!contender.supports(own)) {
      missing.push(`${label} cannot do this`);
      continue;
    }
    progress(`${name}: starting ${label}`);
    try {
      const { url, process } = await startContender(contender, own, owner);
      await prepare?.(url);
      servers.push({ label, url, process });
    } catch (error) {
      missing.push(`${label} ${reasonOf(error)}`);
    }
  }
  return { servers, missing };
}

/** One who breaks down is left out, and named in `missing`. */
async function measureInTurn(
  { name, request }: LoadWorkload,
  servers: readonly Server[],
  connections: number,
  { extent, generator, progress }: RunContext,
  missing: string[],
): Promise<LoadMeasurement[]> {
  const { seconds, rounds } = extent;
  const results = new Map(servers.map((server) => [server, [] as LoadResult[]]));
  const load = async (server: Server): Promise<LoadResult | undefined> => {
    try {
      return await generator.run({ url: server.url, request, connections, seconds });
    } catch (error) {
      if (!server.process.hasEnded) throw error;
      results.delete(server);
      missing.push(
        `${server.label} broke down under ${connections} connections: ${server.process.lastError}`,
      );
      return undefined;
    }
  };
  for (const server of servers) {
    progress(`${name}, ${connections} connections: warming up ${server.label}`);
    await load(server);
  }
  for (let round = 0; round < rounds; round++) {
    for (const server of rotated([...results.keys()], round)) {
      const result = await load(server);
      if (result === undefined) continue;
      results.get(server)?.push(result);
      const rate = Math.round(result.requestsPerSecond);
      progress(
        `${name}, ${connections} connections, round ${round + 1}/${rounds}: ${server.label} ${rate}/s`,
      );
    }
  }
  return [...results].map(([{ label }, rounds]) => ({ label, connections, rounds }));
}

async function checkAnswer(
  url: string,
  { method, path, body }: LoadRequest,
  expected: string | RegExp | Buffer,
): Promise<void> {
  const bytes = await askFor(url + path, method, body);
  const isExpected =
    expected instanceof RegExp ? expected.test(bytes.toString()) : bytes.equals(Buffer.from(expected));
  if (!isExpected) {
    throw new Error(`${method} ${path} answers ${bytes.toString().slice(0, 200)}`);
  }
}
