import type { WaitingOperation } from '../front/dispatcher-events.ts';
import type { Choice } from './schedules.ts';
import type { TestHost } from './test-host.ts';

/** How long a request may be away from the gate before the others go on without it, in milliseconds. */
const patience = 500;

/** An operation in the order in which it was made. */
export interface Step extends WaitingOperation {
  /** The index of the request. */
  readonly request: number;
}

/** What a run came to. */
export interface Run {
  readonly choices: readonly Choice[];
  readonly steps: readonly Step[];
  readonly responses: readonly Response[];
}

interface Waiting {
  readonly operation: WaitingOperation;
  readonly pass: () => void;
}

/**
 * Sends requests at once and lets their operations go on one by one.
 *
 * @param first the indexes of the requests that go on first; then each goes on for as long as it can
 * @param afterStep called when an operation has been made
 */
export async function interleave(
  host: TestHost,
  requests: readonly (() => Request)[],
  first: readonly number[],
  afterStep: (step: Step) => Promise<void> = async () => {},
): Promise<Run> {
  const waiting = new Map<number, Waiting>();
  /** Neither at the gate nor at their end. */
  const running = new Set(requests.keys());
  const indexes = new Map<number, number>();
  let changed = Promise.withResolvers<void>();
  const change = (): void => changed.resolve();
  host.keepGate((number, operation, pass) => {
    const index = indexes.get(number);
    if (index === undefined) {
      pass();
      return;
    }
    running.delete(index);
    waiting.set(index, { operation, pass });
    change();
  });
  try {
    const answers = requests.map(async (request, index) => {
      try {
        return await whole(await host.send(request(), (number) => indexes.set(number, index)));
      } finally {
        running.delete(index);
        change();
      }
    });
    const all = Promise.allSettled(answers);
    const choices: Choice[] = [];
    const steps: Step[] = [];
    let last: number | undefined;
    for (;;) {
      const deadline = performance.now() + patience;
      while (running.size > 0 && (waiting.size === 0 || performance.now() < deadline)) {
        changed = Promise.withResolvers<void>();
        const timer = waiting.size === 0 ? undefined : setTimeout(change, deadline - performance.now());
        await changed.promise;
        clearTimeout(timer);
      }
      if (waiting.size === 0) break;
      const enabled = [...waiting.keys()].sort((a, b) => a - b);
      const wanted = first[choices.length] ?? last;
      const chosen = enabled.find((index) => index === wanted) ?? enabled[0] ?? 0;
      const { operation, pass } = waiting.get(chosen) ?? {};
      if (operation === undefined || pass === undefined) break;
      waiting.delete(chosen);
      running.add(chosen);
      last = chosen;
      choices.push({ enabled, chosen });
      const step = { ...operation, request: chosen };
      steps.push(step);
      pass();
      await settled(running, chosen, () => {
        changed = Promise.withResolvers<void>();
        return changed.promise;
      });
      await afterStep(step);
    }
    const responses: Response[] = [];
    for (const answer of await all) {
      if (answer.status === 'rejected') throw answer.reason;
      responses.push(answer.value);
    }
    return { choices, steps, responses };
  } finally {
    host.keepGate(undefined);
  }
}

/** Waits until a request is at the gate again or at its end. */
async function settled(
  running: ReadonlySet<number>,
  request: number,
  next: () => Promise<void>,
): Promise<void> {
  const deadline = performance.now() + patience;
  while (running.has(request) && performance.now() < deadline) {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, deadline - performance.now());
    });
    await Promise.race([next(), late]);
    clearTimeout(timer);
  }
}

/** The answer with all of its body, which the handler may still be writing. */
async function whole(response: Response): Promise<Response> {
  const { status, statusText, headers } = response;
  const body = response.body === null ? null : await response.arrayBuffer();
  return new Response(body, { status, statusText, headers });
}
