import type { Step } from '../../runtime/fault-injection/schedule.ts';
import { HostError } from '../../shared/host-error.ts';
import { follow, sendTo, type TestHost } from '../test-host.ts';

/** Subject and body of a message. */
export type ExploredMessage = readonly [subject: string, body: string | Uint8Array];

/** What a run came to. */
export interface Run {
  /** In the order in which they were made. */
  readonly steps: readonly Step[];
  /** In the order of the requests, with all of their bodies. */
  readonly responses: readonly Response[];
  /** The requests that the component was never given. */
  readonly unreached: readonly number[];
}

/**
 * Sends requests and messages at once and lets their operations be made one by one.
 *
 * @param first the indexes of the requests that go on first; see `Schedule`
 */
export async function interleave(
  host: TestHost,
  requests: readonly (() => Request)[],
  messages: readonly ExploredMessage[],
  first: readonly number[],
): Promise<Run> {
  // Where one can't be made, none is sent.
  const made = requests.map((make) => make());
  const steps: Step[] = [];
  const reached = new Set<number>();
  follow(host, { requests: requests.length + messages.length, first }, (step) => steps.push(step));
  try {
    const answers: Promise<Response>[] = [];
    for (const [index, request] of made.entries()) {
      // They are told apart by the order in which the component's thread gets them.
      const { promise, resolve } = Promise.withResolvers<void>();
      const begun = (): void => {
        reached.add(index);
        resolve();
      };
      const answer = sendTo(host, request, begun).then(whole).catch(Response.error).finally(resolve);
      answers.push(answer);
      await promise;
    }
    const handled = messages.map(async ([subject, body]) => {
      const { deliveries } = await host.publish(subject, body);
      if (deliveries.length !== 1) throw notOne(subject, deliveries.length);
    });
    const responses = await Promise.all(answers);
    await Promise.all(handled);
    return {
      steps: steps.sort((a, b) => a.turn - b.turn),
      responses,
      unreached: [...made.keys()].filter((index) => !reached.has(index)),
    };
  } finally {
    follow(host, undefined, () => {});
  }
}

function notOne(subject: string, count: number): HostError {
  return new HostError(
    'usage',
    `explore: ${count === 0 ? 'nobody has' : `${count} components have`} subscribed to ${subject}, so that its operations can't be put in an order. Publish what exactly one has subscribed to.`,
  );
}

/** The answer with all of its body, which the handler may still be writing. */
async function whole(response: Response): Promise<Response> {
  const { status, statusText, headers } = response;
  const body = response.body === null ? null : await response.arrayBuffer();
  return new Response(body, { status, statusText, headers });
}
