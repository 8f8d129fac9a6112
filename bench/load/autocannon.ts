import { createRequire } from 'node:module';
import { withBodyFile } from './body-file.ts';
import type { Load, LoadGenerator, LoadResult } from './load-generator.ts';
import { isPinned, runPinned } from './pinned.ts';

interface Summary {
  /** Seconds. */
  readonly duration: number;
  readonly requests: { readonly total: number };
  /** Milliseconds, rounded. */
  readonly latency: { readonly p99: number };
  readonly errors: number;
  readonly non2xx: number;
}

const script = createRequire(import.meta.url).resolve('autocannon');
const timeout = '30';

/** Its latencies are whole milliseconds, so the mean is reckoned from the number of requests instead. */
export const autocannon: LoadGenerator = {
  title: `autocannon${isPinned ? ' on a core of its own' : ''}; latency is the mean`,
  run: (load) => run(load, ['--duration', String(load.seconds)]),
};

/** Exactly so many requests. */
export async function sendRequests(amount: number, load: Omit<Load, 'seconds'>): Promise<LoadResult> {
  return await run(load, ['--amount', String(amount)]);
}

async function run(
  { url, request, connections }: Omit<Load, 'seconds'>,
  extent: readonly string[],
): Promise<LoadResult> {
  const output = await withBodyFile(request.body, (bodyFile) =>
    runPinned({
      file: process.execPath,
      args: [
        ...[script, '--json', '--no-progress', '--timeout', timeout, '--method', request.method],
        ...['--connections', String(connections), ...extent],
        ...(bodyFile === undefined
          ? []
          : ['--input', bodyFile, '--headers', 'content-type=application/json']),
        url + request.path,
      ],
    }),
  );
  const { duration, requests, latency, errors, non2xx } = JSON.parse(output) as Summary;
  return {
    requestsPerSecond: requests.total / duration,
    latency: (duration * 1000 * connections) / requests.total,
    latency99: latency.p99,
    errors: errors + non2xx,
  };
}
