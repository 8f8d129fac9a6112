import { join } from 'node:path';
import { findExecutable } from '../peers.ts';
import { withBodyFile } from './body-file.ts';
import type { Load, LoadGenerator, LoadResult } from './load-generator.ts';
import { isPinned, runPinned } from './pinned.ts';

interface Summary {
  readonly requests: number;
  readonly microseconds: number;
  readonly median: number;
  readonly p99: number;
  readonly errors: number;
}

const script = join(import.meta.dirname, 'wrk.lua');
const timeout = '30s';

export async function wrk(): Promise<LoadGenerator | undefined> {
  const path = await findExecutable('wrk');
  if (path === undefined) return undefined;
  return {
    title: `wrk with one thread${isPinned ? ' on a core of its own' : ''}; latency is the median`,
    run: (load) => run(path, load),
  };
}

async function run(path: string, { url, request, connections, seconds }: Load): Promise<LoadResult> {
  const output = await withBodyFile(request.body, (bodyFile) =>
    runPinned({
      file: path,
      args: [
        ...['--threads', '1', '--connections', String(connections), '--duration', `${seconds}s`],
        ...['--timeout', timeout, '--script', script, url + request.path],
      ],
      env: {
        LOAD_METHOD: request.method,
        ...(bodyFile === undefined ? {} : { LOAD_BODY_FILE: bodyFile }),
      },
    }),
  );
  const line = /^RESULT (.*)$/m.exec(output)?.[1];
  if (line === undefined) throw new Error(`wrk printed no result:\n${output}`);
  const { requests, microseconds, median, p99, errors } = JSON.parse(line) as Summary;
  return {
    requestsPerSecond: requests / (microseconds / 1e6),
    latency: median / 1000,
    latency99: p99 / 1000,
    errors,
  };
}
