import { seededRandom } from '../wasi/random.ts';
import { ExplorationError } from './exploration-error.ts';
import type { HostOptions } from './host-options.ts';
import { interleave, type Run, type Step } from './interleaving.ts';
import { Schedules } from './schedules.ts';
import { startHost } from './start-host.ts';
import type { TestHost } from './test-host.ts';

/** A request of an exploration: a path, what `fetch` takes, or a function that makes one. */
export type ExploredRequest = string | readonly [path: string, init: RequestInit] | (() => Request);

/** What is to be explored. */
export interface Exploration extends HostOptions {
  /** Sent at once, in every run. */
  readonly requests: readonly ExploredRequest[];
  /** Fills the buckets, which are empty before each run. */
  readonly before?: (host: TestHost) => void | Promise<void>;
  /** Throws where something is not as it always has to be. Gets the answers in the order of the requests. */
  readonly check: (host: TestHost, responses: readonly Response[]) => void | Promise<void>;
  /** How many are tried at most. Default 1000. */
  readonly interleavings?: number;
  /** Tries this one alone: the `schedule` of an `ExplorationError`. */
  readonly replay?: readonly number[];
}

/** What an exploration that found nothing has seen. */
export interface Explored {
  readonly interleavings: number;
  /** Whether there are no others. */
  readonly isExhausted: boolean;
}

/** How much of a value a timeline shows, in characters. */
const mostShown = 40;

/**
 * Runs requests at once, again and again, and chooses at every keyvalue operation which of them goes on: first one after the other,
 * then with one switch between them, then with two. Rejects with an `ExplorationError` at the first interleaving after which `check`
 * throws. The same seed tries the same ones in the same order.
 */
export async function explore(exploration: Exploration): Promise<Explored> {
  const { requests, interleavings: most = 1000, replay, seed = 0 } = exploration;
  const random = seededRandom(`explore ${seed}`);
  const schedules = new Schedules(() => random(4).readUInt32LE() / 2 ** 32);
  await using host = await startHost({ ...exploration, seed });
  const send = requests.map(requestOf);
  let tried = 0;
  for (let first = replay ?? schedules.next(); first !== undefined; first = schedules.next()) {
    tried += 1;
    const run = await prepared(host, exploration, () => interleave(host, send, first ?? []));
    try {
      await exploration.check(host, copies(run));
    } catch (cause) {
      const schedule = run.choices.map(({ chosen }) => chosen);
      const timeline = await timelineOf(host, exploration, send, schedule);
      throw new ExplorationError(timeline, schedule, tried, cause);
    }
    if (replay !== undefined) return { interleavings: tried, isExhausted: false };
    schedules.ran(first, run.choices);
    if (tried >= most) return { interleavings: tried, isExhausted: schedules.next() === undefined };
  }
  return { interleavings: tried, isExhausted: true };
}

async function prepared(host: TestHost, { before }: Exploration, run: () => Promise<Run>): Promise<Run> {
  await host.reset();
  await before?.(host);
  return await run();
}

/** Runs an interleaving once more and looks at the key after each operation. */
async function timelineOf(
  host: TestHost,
  exploration: Exploration,
  send: readonly (() => Request)[],
  schedule: readonly number[],
): Promise<string[]> {
  const lines: string[] = [];
  const names = send.map((make) => {
    const { method, url } = make();
    const { pathname, search } = new URL(url);
    return `${method} ${pathname}${search}`;
  });
  const width = Math.max(...names.map((name) => name.length));
  const show = async ({ request, op, bucket, key }: Step): Promise<void> => {
    const name = `request ${request + 1}  ${(names[request] ?? '').padEnd(width)}`;
    if (key === undefined) lines.push(`${name}  ${op} ${bucket}`);
    else lines.push(`${name}  ${op} ${bucket}/${key}  ${shown(await host.bucket(bucket).get(key))}`);
  };
  await prepared(host, exploration, () => interleave(host, send, schedule, show));
  return lines;
}

function shown(value: Uint8Array | undefined): string {
  if (value === undefined) return '(no value)';
  const text = JSON.stringify(Buffer.from(value).toString());
  return text.length <= mostShown ? text : `${text.slice(0, mostShown)}…`;
}

function requestOf(given: ExploredRequest): () => Request {
  if (typeof given === 'function') return given;
  const [path, init] = typeof given === 'string' ? [given, {}] : given;
  return () => new Request(new URL(path, 'http://localhost'), init);
}

/** Each check may read the bodies. */
function copies({ responses }: Run): Response[] {
  return responses.map((response) => response.clone());
}
