import { EventEmitter } from 'node:events';
import { AnswerFailure, type HostAnswer } from '../interfaces/http/host-answers.ts';
import type { InnerRequest as Asked } from '../interfaces/http/http-pool.ts';
import { Exchange } from '../triggers/http/exchange.ts';
import { InnerRequest } from '../triggers/http/inner/inner-request.ts';
import { InnerResponse } from '../triggers/http/inner/inner-response.ts';
import type { ServedRequest, ServedResponse } from '../triggers/http/served-message.ts';
import { CommandCall } from '../triggers/run/command-call.ts';

/** How many requests of components may be made one within the other. */
const mostDepth = 16;

/** Whoever serves requests. */
export interface Serving {
  /** What of the program answers, by the names of components. */
  readonly names: ReadonlyMap<string, number>;
  handle(request: ServedRequest, response: ServedResponse, mustContinue: boolean): unknown;
}

/**
 * Answers requests of components to the host itself, which go through no socket: each is served like one of a client. Throws an
 * `AnswerFailure` where nobody can answer it, where requests have led to one another too often, and where too many are under way.
 */
export class InnerRequests {
  readonly #serving: Serving;
  /** How many may be under way: whoever waits for one has a place among the requests of the host, too. */
  readonly #most: number;
  #underWay = 0;

  /** @param concurrentRequests how many the host works on at once */
  constructor(serving: Serving, concurrentRequests: number) {
    this.#serving = serving;
    this.#most = Math.ceil(concurrentRequests / 2);
  }

  async answer({ asked, component, parent, body, trailers, signal }: Asked): Promise<HostAnswer> {
    const depth = (parent instanceof Exchange ? parent.depth : 0) + 1;
    if (depth > mostDepth) {
      const why = `${mostDepth} requests were made one within the other: components of this host call each other in a circle`;
      throw new AnswerFailure({ tag: 'loop-detected' }, why);
    }
    const entry = component === undefined ? undefined : this.#serving.names.get(component);
    if (component !== undefined && entry === undefined) {
      throw new AnswerFailure({ tag: 'destination-unavailable' }, `${component} answers no requests`);
    }
    if (this.#underWay >= this.#most) {
      const why = `${this.#most} requests of components to one another are under way; half of dev.limits.concurrentRequests may be`;
      throw new AnswerFailure({ tag: 'connection-limit-reached' }, why);
    }
    const connection = new EventEmitter();
    this.#underWay += 1;
    connection.once('close', () => {
      this.#underWay -= 1;
    });
    const response = new InnerResponse(connection);
    const inner = { parent: numberOf(parent), depth, entry };
    const request = new InnerRequest({ ...asked, body, trailers }, inner, connection);
    signal.addEventListener('abort', () => response.abandon(), { once: true });
    this.#serving.handle(request, response, false);
    const { status, headers } = await response.head.catch((error: Error) => {
      throw new AnswerFailure({ tag: 'connection-terminated' }, error.message);
    });
    return { status, headers, body: bodyOf(response), trailers: () => response.trailers };
  }
}

/** Undefined for what is not counted with the requests of the host. */
function numberOf(parent: Asked['parent']): number | undefined {
  if (parent instanceof Exchange) return parent.number;
  return parent instanceof CommandCall ? parent.hostNumber : undefined;
}

async function* bodyOf(response: InnerResponse): AsyncGenerator<Uint8Array> {
  try {
    yield* response;
  } catch (error) {
    throw new AnswerFailure({ tag: 'HTTP-response-incomplete' }, String(error));
  } finally {
    response.abandon();
  }
}
