import { setTimeout as sleep } from 'node:timers/promises';
import { AnswerFailure, type HostAnswer } from '../../interfaces/http/host-answers.ts';
import type { AskedRequest } from '../../interfaces/http/messages.ts';
import { reasonOf } from '../../shared/host-error.ts';
import { requireText } from '../arguments.ts';
import { checkedAnswer, checkedError, checkedOptions, type RuleTiming } from './check-rule.ts';
import type {
  AddedRule,
  OutgoingAnswer,
  OutgoingHandler,
  OutgoingRuleOptions,
  SentRequest,
} from './outgoing-rule.ts';
import { type OutgoingRecording, recordTo, replayFrom } from './recording.ts';
import { answerOf, requireResponse, responseOf, wait } from './response-of-test.ts';
import { NotedRequest, SentRequests } from './sent-requests.ts';
import { type UrlPattern, urlPattern } from './url-pattern.ts';

/** How long the rest of a request's body is waited for, in milliseconds. */
const patience = 300;

type Effect = OutgoingHandler | AnswerFailure | 'pass';

interface Rule {
  readonly pattern: UrlPattern;
  readonly effect: Effect;
  readonly timing: RuleTiming;
  matched: number;
  hits: number;
}

/**
 * What the requests come to that the component sends: a rule of the test answers, and of several that match the one that was added
 * last. A request that no rule names fails; nothing goes to the network that no rule lets pass.
 */
export class Outgoing {
  readonly #requireOpen: () => void;
  readonly #tell: (text: string) => void;
  readonly #sent = new SentRequests();
  #rules: readonly Rule[] = [];

  /**
   * @param tell the host says it to whoever runs the test
   * @param requireOpen throws where the host is closed
   *
   * @internal
   */
  constructor(tell: (text: string) => void, requireOpen: () => void) {
    this.#tell = tell;
    this.#requireOpen = requireOpen;
  }

  /**
   * Answers requests, by a function as `fetch` handlers are or always alike. Throws a `HostError` for what is no rule.
   *
   * @param pattern a URL in which `*` stands for any characters, perhaps with a method in front: `POST https://api.example.com/*`
   *
   * @example
   * host.outgoing.respond('https://api.example.com/*', (request) => Response.json({ url: request.url }));
   * host.outgoing.respond('https://api.example.com/*', { status: 503 }, { times: 1 });
   */
  respond(
    pattern: string,
    answer: OutgoingHandler | OutgoingAnswer,
    options: OutgoingRuleOptions = {},
  ): AddedRule {
    const checked = checkedAnswer(answer);
    const effect = typeof checked === 'function' ? checked : () => responseOf(checked);
    return this.#add('outgoing.respond', pattern, effect, options);
  }

  /**
   * Fails requests with an error of `wasi:http`, such as `connection-refused`, `DNS-error` or `HTTP-response-timeout`. Throws a `HostError`
   * for what is no rule.
   */
  fail(pattern: string, error: string, options: Omit<OutgoingRuleOptions, 'cutAfter'> = {}): AddedRule {
    const failure = new AnswerFailure(checkedError(error), 'a fault of the test');
    return this.#add('outgoing.fail', pattern, failure, options);
  }

  /** Lets requests go to the network. */
  pass(pattern: string, options: Omit<OutgoingRuleOptions, 'cutAfter'> = {}): AddedRule {
    return this.#add('outgoing.pass', pattern, 'pass', options);
  }

  /**
   * Sends requests to the network, from the test's process, and keeps the answers, until the recording is closed: then it writes the
   * file. What was in the requests' headers and bodies is not kept.
   *
   * @example
   * await using recording = host.outgoing.record('fixtures/api.json', 'https://api.example.com/*');
   */
  record(file: string, pattern: string): OutgoingRecording {
    requireText('the file of outgoing.record', file);
    return recordTo(file, (handler) => this.#add('outgoing.record', pattern, handler, {}));
  }

  /** Answers requests with what `record` has written: each as often as it was sent then, in that order. Throws a `HostError`. */
  replay(file: string, pattern = '*'): AddedRule {
    requireText('the file of outgoing.replay', file);
    return this.#add('outgoing.replay', pattern, replayFrom(file), {});
  }

  /** The requests that the component has sent since the start or the last reset, in order; of very many the last 10,000. */
  requests(): readonly SentRequest[] {
    this.#requireOpen();
    return [...this.#sent.all];
  }

  /** Removes all rules. */
  removeRules(): void {
    this.#rules = [];
  }

  /** Removes all rules, and forgets what was sent. */
  clear(): void {
    this.removeRules();
    this.#sent.clear();
  }

  /** For the host: see `AnswerRequest`. @internal */
  async answer(
    asked: AskedRequest,
    body: ReadableStream<Uint8Array> | undefined,
    signal: AbortSignal,
  ): Promise<HostAnswer> {
    const noted = new NotedRequest(asked);
    this.#sent.add(noted);
    const rule = this.#ruleFor(asked);
    try {
      if (rule === undefined) throw this.#noRule(asked);
      await wait(rule.timing.delay, signal);
      const { effect } = rule;
      if (effect === 'pass') return effect;
      if (effect instanceof AnswerFailure) throw effect;
      const request = new Request(asked.url, {
        method: asked.method,
        headers: noted.headers,
        signal,
        ...(body === undefined ? {} : { body: noted.noting(body), duplex: 'half' }),
      });
      const response = requireResponse(await effect(request), asked.url);
      noted.status = response.status;
      // The answer may be the request's own body, as it comes.
      if (response.body !== request.body) await drained(request);
      return answerOf(response, rule.timing.cutAfter);
    } catch (error) {
      noted.error = error instanceof AnswerFailure ? `${error.code.tag}: ${error.message}` : reasonOf(error);
      if (!(error instanceof AnswerFailure) && !signal.aborted)
        this.#tell(`the rule for ${asked.method} ${asked.url} failed: ${reasonOf(error)}`);
      throw error;
    }
  }

  #add(caller: string, pattern: string, effect: Effect, options: OutgoingRuleOptions): AddedRule {
    this.#requireOpen();
    const rule: Rule = {
      pattern: urlPattern(pattern, caller),
      effect,
      timing: checkedOptions(options, caller),
      matched: 0,
      hits: 0,
    };
    this.#rules = [rule, ...this.#rules];
    const remove = (): void => {
      this.#rules = this.#rules.filter((one) => one !== rule);
    };
    return {
      get hits() {
        return rule.hits;
      },
      remove,
      [Symbol.dispose]: remove,
    };
  }

  #ruleFor({ method, url }: AskedRequest): Rule | undefined {
    for (const rule of this.#rules) {
      if (!rule.pattern.matches(method, url)) continue;
      rule.matched += 1;
      if (rule.matched <= rule.timing.after || rule.hits >= rule.timing.times) continue;
      rule.hits += 1;
      return rule;
    }
    return undefined;
  }

  #noRule({ method, url }: AskedRequest): AnswerFailure {
    const place = url.replace(/[?#].*$/, '');
    const text =
      `no rule of the test answers ${method} ${url}. ` +
      `Write host.outgoing.respond(${JSON.stringify(place)}, () => new Response('…')), ` +
      `or host.outgoing.pass(${JSON.stringify(place)}) to let it go to the network.`;
    this.#tell(text);
    return new AnswerFailure({ tag: 'internal-error', val: text }, text);
  }
}

/** What the function has not read is noted nevertheless, unless the component waits for the answer before it sends it. */
async function drained(request: Request): Promise<void> {
  if (request.body === null || request.bodyUsed || request.body.locked) return;
  const rest = request.arrayBuffer().catch(() => {});
  await Promise.race([rest, sleep(patience, undefined, { ref: false })]);
}
