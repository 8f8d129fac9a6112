import { autocannon } from './autocannon.ts';
import { wrk } from './wrk.ts';

/** A request that is sent over and over. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: Buffer;
}

export interface Load {
  /** Where the server is, without a path. */
  readonly url: string;
  readonly request: LoadRequest;
  readonly connections: number;
  /** Whole seconds. */
  readonly seconds: number;
}

/** What a load came to. */
export interface LoadResult {
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly latency: number;
  /** Milliseconds of the slowest hundredth; undefined where it is not measured finely enough. */
  readonly latency99: number;
  /** Answers that were none of the expected, and connections that broke. */
  readonly errors: number;
}

/** A program of its own that loads a server. */
export interface LoadGenerator {
  /** For the table: what it is, and what its latency means. */
  readonly title: string;
  run(load: Load): Promise<LoadResult>;
}

/**
 * `wrk` where it is installed, since it takes less of the machine from the server; otherwise autocannon.
 * `KVASI_BENCH_LOAD=autocannon` chooses that one in any case.
 */
export async function findLoadGenerator(): Promise<LoadGenerator> {
  if (process.env.KVASI_BENCH_LOAD === 'autocannon') return autocannon;
  return (await wrk()) ?? autocannon;
}
