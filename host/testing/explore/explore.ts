import type { Step } from '../../runtime/fault-injection/schedule.ts';
import { HostError } from '../../shared/host-error.ts';
import { seededRandom } from '../../shared/random.ts';
import type { TestHostOptions } from '../options/test-host-options.ts';
import { startHost } from '../start-host.ts';
import type { TestHost } from '../test-host.ts';
import { ExplorationError, numbered } from './exploration-error.ts';
import { interleave } from './interleaving.ts';
import { nameOf, Participation } from './participation.ts';
import { whyNotReplayed } from './replayed.ts';
import { Schedules } from './schedules.ts';
import { type Failure, scheduleOf, shortest } from './shorter-failures.ts';

/** A request of an exploration: a path, what `fetch` takes, or a function that makes one, anew at each call. */
export type ExploredRequest = string | readonly [path: string, init?: RequestInit] | (() => Request);

/** What is to be explored. */
export interface Exploration extends TestHostOptions {
  /** Sent at once, in every run. Each has to make keyvalue operations, as nothing else is interleaved. Default: none, where there are `messages`. */
  readonly requests?: readonly ExploredRequest[];
  /**
   * Published at once with the requests, after them: subject and body of each, which has to have one component that has subscribed.
   * Default: none.
   */
  readonly messages?: readonly (readonly [subject: string, body: string | Uint8Array])[];
  /** Fills the buckets, which are empty before each run, or adds faults, of which there are none. */
  readonly before?: (host: TestHost) => void | Promise<void>;
  /**
   * Throws, or answers `false`, where something is not as it always has to be. Gets the answers in the order of the requests; one that breaks off is
   * `Response.error()`, with the status 0.
   */
  readonly check: (
    host: TestHost,
    responses: readonly Response[],
  ) => void | boolean | Promise<void> | Promise<boolean>;
  /** How many are tried at most: a whole number from 1 on. Default 1000. */
  readonly interleavings?: number;
  /** Tries this one alone: the `schedule` of an `ExplorationError`. One that no longer fits is an error. */
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
 *
 * Rejects with a `HostError` where it would pass for nothing: for wrong options, a request that never reached the component, one that
 * made no operation in any of several interleavings, and a replay that no longer fits.
 *
 * @example
 * await explore({
 *   component: 'app.wasm',
 *   requests: [['/visits', { method: 'POST' }], ['/visits', { method: 'POST' }]],
 *   check: async (host) => (await host.bucket('counters').getText('visits')) === '2',
 * });
 */
export async function explore(exploration: Exploration): Promise<Explored> {
  const { checkedExploration } = await import('./check-exploration.ts');
  const { host: options, requests, messages, before, check, ...limits } = checkedExploration(exploration);
  const { interleavings: most = 1000, replay } = limits;
  const { seed = 0 } = options;
  await using host = await startHost({ ...options, seed });
  const names = [...requests.map(nameOf), ...messages.map(([subject]) => `publish ${subject}`)];
  const participation = new Participation(requests.length + messages.length);

  /** Makes a run and answers the failure, if it is one. */
  const tryOut = async (first: readonly number[]): Promise<Failure | Pick<Failure, 'steps'>> => {
    await host.reset();
    await before?.(host);
    const run = await interleave(host, requests, messages, first);
    participation.note(run, host.operations());
    const { steps, responses } = run;
    try {
      if ((await check(host, responses)) === false) throw new Error('check answered false');
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
    const outcome = await tryOut(replay);
    const misfit = whyNotReplayed(replay, outcome.steps);
    const note = misfit === undefined ? undefined : `the replay no longer fits ${misfit}. ${whatChanged}`;
    if ('cause' in outcome) throw errorOf(outcome, names, 1, note);
    if (note !== undefined) {
      throw new HostError('usage', [`explore: ${note}`, ...numbered(timelineOf(outcome, names))].join('\n'));
    }
    participation.requireAny(names);
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
    if ('cause' in outcome) throw errorOf(await shortest(outcome, failureOf, mostShortening), names, tried);
    schedules.ran(outcome.steps);
  }
  // Who asks for a single one looks at the answers, and not at the orders.
  if (most > 1) participation.requireAll(names);
  return { interleavings: tried, isExhausted: schedules.isEmpty };
}

const whatChanged =
  'The component, its requests or its buckets are not what they were, or it was away from the store for half a second; without replay it is explored anew.';

function errorOf(failure: Failure, names: readonly string[], tried: number, note?: string): ExplorationError {
  return new ExplorationError(timelineOf(failure, names), scheduleOf(failure), tried, failure.cause, note);
}

function timelineOf({ steps }: { readonly steps: readonly Step[] }, names: readonly string[]): string[] {
  const width = Math.max(0, ...names.map((name) => name.length));
  return steps.map(
    ({ chosen, text }) => `request ${chosen + 1}  ${(names[chosen] ?? '').padEnd(width)}  ${text}`,
  );
}
