import type { LoadRequest, LoadResult } from './load/load-generator.ts';
import { isRedisInstalled, startRedis } from './redis.ts';
import type { RunContext } from './run-context.ts';
import { startContender } from './started-contender.ts';
import { rotated } from './statistics.ts';
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
}

export function labelOf({ label, contender }: Entrant): string {
  return label ?? contender.name;
}

/** Starts all entrants, checks that they answer alike, and loads them in turn. */
export async function measureLoad(workload: LoadWorkload, context: RunContext): Promise<LoadReport> {
  const { name, title, component, redisDelay } = workload;
  const report = { workload: name, title };
  if (redisDelay !== undefined && !(await isRedisInstalled())) {
    return { ...report, measurements: [], missing: ['redis-server is not installed'] };
  }

  await using owner = new AsyncDisposableStack();
  const redisUrl = redisDelay === undefined ? undefined : await startRedis(redisDelay, owner);
  const setup = { component, scratch: context.scratch, ...(redisUrl === undefined ? {} : { redisUrl }) };
  const missing: string[] = [];
  const servers: Server[] = [];
  for (const entrant of workload.entrants) {
    const { contender, prepare } = entrant;
    const label = labelOf(entrant);
    if (!context.versions.has(contender)) continue;
    if (!contender.supports(setup)) {
      missing.push(`${label} cannot do this`);
      continue;
    }
    context.progress(`${name}: starting ${label}`);
    try {
      const { url } = await startContender(contender, setup, owner);
      await prepare?.(url);
      await checkAnswer(url, workload.request, workload.expected);
      servers.push({ label, url });
    } catch (error) {
      missing.push(`${label} fails: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  const measurements: LoadMeasurement[] = [];
  for (const connections of workload.connections) {
    measurements.push(...(await measureInTurn(workload, servers, connections, context)));
  }
  return { ...report, measurements, missing };
}

async function measureInTurn(
  { name, request }: LoadWorkload,
  servers: readonly Server[],
  connections: number,
  { extent, generator, progress }: RunContext,
): Promise<LoadMeasurement[]> {
  const { seconds, rounds } = extent;
  for (const { label, url } of servers) {
    progress(`${name}, ${connections} connections: warming up ${label}`);
    await generator.run({ url, request, connections, seconds });
  }
  const results = new Map(servers.map(({ label }) => [label, [] as LoadResult[]]));
  for (let round = 0; round < rounds; round++) {
    for (const { label, url } of rotated(servers, round)) {
      const result = await generator.run({ url, request, connections, seconds });
      results.get(label)?.push(result);
      progress(
        `${name}, ${connections} connections, round ${round + 1}/${rounds}: ${label} ${Math.round(result.requestsPerSecond)}/s`,
      );
    }
  }
  return [...results].map(([label, rounds]) => ({ label, connections, rounds }));
}

async function checkAnswer(
  url: string,
  { method, path, body }: LoadRequest,
  expected: string | RegExp | Buffer,
): Promise<void> {
  const response = await fetch(url + path, {
    method,
    ...(body === undefined ? {} : { body: new Uint8Array(body) }),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const isExpected =
    expected instanceof RegExp ? expected.test(bytes.toString()) : bytes.equals(Buffer.from(expected));
  if (response.status !== 200 || !isExpected) {
    throw new Error(`${method} ${path} answers ${response.status} ${bytes.toString().slice(0, 200)}`);
  }
}
