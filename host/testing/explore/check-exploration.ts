import * as v from 'valibot';
import { requestOf } from '../../composition/fetch-request.ts';
import { checkedMap } from '../../composition/options/checked-map.ts';
import { wrongArgument } from '../../composition/options/wrong-argument.ts';
import { whyNoSubject } from '../../interfaces/messaging/subject.ts';
import { count } from '../../settings/schema/schema-parts.ts';
import { kindOf } from '../../settings/shown-value.ts';
import { HostError } from '../../shared/host-error.ts';
import { testOptionsOf } from '../options/check-options.ts';
import type { TestHostOptions } from '../options/test-host-options.ts';
import { testHostEntries } from '../options/test-options-schema.ts';
import type { Exploration, ExploredRequest } from './explore.ts';
import type { ExploredMessage } from './interleaving.ts';

const REQUESTS = 'a list of at least one request, such as ["/visits", ["/visits", { method: "POST" }]]';
const REQUEST = 'a path such as "/visits", [path, settings], or a function that makes a Request';
const INDEX = 'the index of a request, as in the schedule of an ExplorationError';

const MESSAGES = 'a list of messages such as [["orders.new", "a book"]]';

const message = v.tuple(
  [
    v.pipe(
      v.string(MESSAGES),
      v.check((given) => whyNoSubject(given) === undefined, 'a subject such as "orders.new"'),
    ),
    v.union([v.string(), v.instance(Uint8Array)], 'text or a Uint8Array'),
  ],
  MESSAGES,
);
const isFunction = (given: unknown): boolean => typeof given === 'function';

const explorationSchema = v.object({
  ...testHostEntries,
  requests: v.nullish(v.array(v.unknown(), REQUESTS)),
  messages: v.nullish(v.array(message, MESSAGES)),
  before: v.nullish(v.custom<Exploration['before']>(isFunction, 'a function')),
  check: v.custom<Exploration['check']>(isFunction, 'a function that throws where something is wrong'),
  interleavings: count(''),
  replay: v.nullish(
    v.array(v.pipe(v.number(INDEX), v.integer(INDEX), v.minValue(0, INDEX)), 'a list of indexes'),
  ),
});

/** An exploration as it is run. */
export interface CheckedExploration {
  readonly host: TestHostOptions;
  /** Each makes a request that was not sent before. */
  readonly requests: readonly (() => Request)[];
  readonly messages: readonly ExploredMessage[];
  readonly before: Exploration['before'];
  readonly check: Exploration['check'];
  readonly interleavings: number | undefined;
  readonly replay: readonly number[] | undefined;
}

/** Throws a `HostError` with everything that is wrong, such as that nothing would be explored. */
export function checkedExploration(given: unknown): CheckedExploration {
  const suchAs = 'an exploration such as { component: "app.wasm", requests: ["/", "/"], check() {} }';
  const checked = checkedMap(explorationSchema, given, 'explore', suchAs);
  const {
    requests: written,
    messages: published,
    before,
    check,
    interleavings,
    replay,
    ...options
  } = checked;
  const requests = written ?? [];
  const messages = published ?? [];
  const count = requests.length + messages.length;
  if (count === 0) {
    const what = written == null ? 'missing' : 'a list';
    throw new HostError('usage', `explore: requests is ${what}. Expected ${REQUESTS}.`);
  }
  for (const [index, request] of (replay ?? []).entries()) {
    if (request < count) continue;
    const expected = `${INDEX}: from 0 to ${count - 1}`;
    throw wrongArgument(`the replay of explore at index ${index}`, request, expected);
  }
  return {
    host: testOptionsOf(options, 'explore'),
    requests: requests.map((request, index) => makerOf(request, `requests[${index}] of explore`)),
    messages,
    before: before ?? undefined,
    check: check as Exploration['check'],
    interleavings: interleavings ?? undefined,
    replay: replay ?? undefined,
  };
}

function makerOf(given: unknown, what: string): () => Request {
  if (typeof given === 'function') {
    const make = given as Extract<ExploredRequest, () => Request>;
    return () => unsent(make(), what);
  }
  const parts: readonly unknown[] = Array.isArray(given) ? given : [given];
  const isPlace = typeof parts[0] === 'string' || kindOf(parts[0]) === 'an instance of URL';
  if (!isPlace || parts.length > 2) throw wrongArgument(`the ${what}`, given, REQUEST);
  const [path, init] = parts;
  requireRepeatable(init, what);
  const make = (): Request => requestOf(what, path, init);
  // What is wrong with it is told before anything is run.
  make();
  return make;
}

/** Every run sends the request again. */
function requireRepeatable(init: unknown, what: string): void {
  const body = (init as { readonly body?: unknown } | null | undefined)?.body;
  const isStream =
    body instanceof ReadableStream ||
    (typeof body === 'object' && body !== null && Symbol.asyncIterator in body);
  if (isStream)
    throw wrongArgument(
      `the body of ${what}`,
      body,
      'a body that can be sent again, or a function that makes the Request',
    );
}

function unsent(made: unknown, what: string): Request {
  if (!(made instanceof Request)) {
    throw wrongArgument(`the result of ${what}`, made, 'a Request, made anew at each call');
  }
  if (made.bodyUsed || made.body?.locked === true) {
    throw wrongArgument(
      `the result of ${what}`,
      made,
      'a Request whose body was not sent yet, made anew at each call',
    );
  }
  return made;
}
