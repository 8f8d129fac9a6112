import type { Setup } from './contenders/contender.ts';
import { nodeHttp } from './contenders/node-http.ts';
import type { LoadRequest } from './load/load-generator.ts';
import { isNatsInstalled, startNats } from './nats.ts';
import { isRedisInstalled, startRedis } from './redis.ts';
import { startContender } from './started-contender.ts';
import { type LoadWorkload, upstreamPlace } from './workloads/workload.ts';

/** The program that a workload's store needs and that is not installed here. */
export async function missingStore({
  redisDelay,
  store,
}: Pick<LoadWorkload, 'redisDelay' | 'store'>): Promise<string | undefined> {
  if (redisDelay !== undefined && !(await isRedisInstalled())) return 'redis-server';
  return store === 'nats' && !(await isNatsInstalled()) ? 'nats-server' : undefined;
}

/** Starts what keeps a workload's values, where that is a server. */
export async function startStore(
  { redisDelay, store }: Pick<LoadWorkload, 'redisDelay' | 'store'>,
  owner: AsyncDisposableStack,
): Promise<Pick<Setup, 'redisUrl' | 'backend'>> {
  const backend = store === 'nats' ? await startNats(owner) : store;
  return {
    ...(redisDelay === undefined ? {} : { redisUrl: await startRedis(redisDelay, owner) }),
    ...(backend === undefined ? {} : { backend }),
  };
}

/**
 * Starts the server that entrants send requests of their own to, where a workload has one. Answers what puts its URL into a
 * request of the workload.
 */
export async function startUpstream(
  { hasUpstream }: Pick<LoadWorkload, 'hasUpstream'>,
  scratch: string,
  owner: AsyncDisposableStack,
): Promise<(request: LoadRequest) => LoadRequest> {
  if (hasUpstream !== true) return (request) => request;
  const { url } = await startContender(nodeHttp, { component: 'hello', scratch }, owner);
  const place = encodeURIComponent(`${url}/`);
  return (request) => ({ ...request, path: request.path.replace(upstreamPlace, place) });
}
