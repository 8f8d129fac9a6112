import { seededRandom } from '../wasi/random.ts';
import { ExplorationError } from './exploration-error.ts';
import type { HostOptions } from './host-options.ts';
import { interleave } from './interleaving.ts';
import { Schedules } from './schedules.ts';
import { type Failure, scheduleOf, shortest } from './shorter-failures.ts';
import { startHost } from './start-host.ts';
import type { TestHost } from './test-host.ts';

/** A request of an exploration: a path, what `fetch` takes, or a function that makes one. */
export type ExploredRequest = string | readonly [path: string, init: RequestInit] | (() => Request);

/** What is to be explored. */
export interface Exploration extends HostOptions {
  /** Sent at once, in every run. */
  readonly requests: readonly ExploredRequest[];
  /** Fills the buckets, which are empty before each run, or adds faults, of which there are none. */
  readonly before?: (host: TestHost) => void | Promise<void>;
  /**
   * Throws where something is not as it always has to be. Gets the answers in the order of the requests; one that breaks off is
   * `Response.error()`, with the status 0.
   */
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

/** How many interleavings are tried at most to make a failing one shorter. */
const mostShortening = 200;

/**
 * Runs requests at once, again and again, and chooses at every keyvalue operation which of them goes on: first one after the other,
 * then with one deviation from that, then with two; in the second half, with any number. Rejects with an `ExplorationError` when
 * `check` throws, for the shortest interleaving after which it does that was found. The same seed tries the same ones in the same
 * order.
 */
export async function explore(exploration: Exploration): Promise<Explored> {
  const { interleavings: most = 1000, replay, seed = 0 } = exploration;
  const requests = exploration.requests.map(requestOf);
  await using host = await startHost({ ...exploration, seed });

  /** Makes a run and answers the failure, if it is one. */
  const tryOut = async (first: readonly number[]): Promise<Failure | Pick<Failure, 'steps'>> => {
    await host.reset();
    await exploration.before?.(host);
    const { steps, responses } = await interleave(host, requests, first);
    try {
      await exploration.check(host, responses);
      return { steps };
    } catch (cause) {
      return { steps, cause };
    }
  };
  const failureOf = async (first: readonly number[]): Promise<Failure | undefined> => {
    const outcome = await tryOut(first);
    return 'cause' in outcome ? outcome : undefined;
  };

  if (replay !== undefined) {
    const failure = await failureOf(replay);
    if (failure !== undefined) throw errorOf(failure, requests, 1);
    return { interleavings: 1, isExhausted: false };
  }
  const random = seededRandom(`explore ${seed}`);
  const schedules = new Schedules(() => random(4).readUInt32LE() / 2 ** 32);
  let tried = 0;
  while (tried < most) {
    const first = schedules.next(tried < most / 2 ? 'fewest' : 'any');
    if (first === undefined) break;
    tried += 1;
    const outcome = await tryOut(first);
    if ('cause' in outcome)
      throw errorOf(await shortest(outcome, failureOf, mostShortening), requests, tried);
    schedules.ran(outcome.steps);
  }
  return { interleavings: tried, isExhausted: schedules.isEmpty };
}

function errorOf(failure: Failure, requests: readonly (() => Request)[], tried: number): ExplorationError {
  const names = requests.map((make) => {
    const { method, url } = make();
    const { pathname, search } = new URL(url);
    return `${method} ${pathname}${search}`;
  });
  const width = Math.max(0, ...names.map((name) => name.length));
  const timeline = failure.steps.map(
    ({ chosen, text }) => `request ${chosen + 1}  ${(names[chosen] ?? '').padEnd(width)}  ${text}`,
  );
  return new ExplorationError(timeline, scheduleOf(failure), tried, failure.cause);
}

function requestOf(given: ExploredRequest): () => Request {
  if (typeof given === 'function') return given;
  const [path, init] = typeof given === 'string' ? [given, {}] : given;
  return () => new Request(new URL(path, 'http://localhost'), init);
}
