import type { Contender } from './contenders/contender.ts';
import { kvasi } from './contenders/kvasi.ts';
import { nodeHttp } from './contenders/node-http.ts';
import { isRedisInstalled, startRedis } from './redis.ts';
import type { RunContext } from './run-context.ts';
import { startContender } from './started-contender.ts';
import { rotated } from './statistics.ts';
import { getRequest, store } from './workloads/keyvalue.ts';

/** How many requests were answered in the first seconds after a start. */
export interface FirstSecondsMeasurement {
  readonly label: string;
  /** By round: by second. */
  readonly rounds: readonly (readonly number[])[];
}

export interface FirstSecondsReport {
  readonly measurements: readonly FirstSecondsMeasurement[];
}

const seconds = 3;
/** They are other ones in each second. */
const connections = 256;
/** Of the store's answers, in milliseconds. */
const delay = 20;

/** Loads hosts that have just started, with a store that is far away. Answers undefined where Redis is not installed. */
export async function measureFirstSeconds(context: RunContext): Promise<FirstSecondsReport | undefined> {
  if (!(await isRedisInstalled())) return undefined;
  await using owner = new AsyncDisposableStack();
  const redisUrl = await startRedis(delay, owner);
  const results = [nodeHttp, kvasi].map((contender) => ({ contender, rounds: [] as number[][] }));
  for (let round = 0; round < context.extent.rounds; round += 1) {
    for (const { contender, rounds } of rotated(results, round)) {
      const answered = await firstSeconds(contender, redisUrl, context);
      rounds.push(answered);
      context.progress(
        `first-seconds, round ${round + 1}/${context.extent.rounds}: ${contender.name} ${answered.map(Math.round).join(', ')}`,
      );
    }
  }
  return { measurements: results.map(({ contender, rounds }) => ({ label: contender.name, rounds })) };
}

async function firstSeconds(
  contender: Contender,
  redisUrl: string,
  { scratch, generator }: RunContext,
): Promise<number[]> {
  await using owner = new AsyncDisposableStack();
  const { url } = await startContender(contender, { component: 'bench', scratch, redisUrl }, owner);
  await store(url);
  const answered: number[] = [];
  for (let second = 0; second < seconds; second += 1) {
    const { requestsPerSecond } = await generator.run({ url, request: getRequest, connections, seconds: 1 });
    answered.push(requestsPerSecond);
  }
  return answered;
}
