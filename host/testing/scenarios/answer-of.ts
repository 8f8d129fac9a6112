import { DEFAULT_REQUEST_TIMEOUT } from '../../settings/host-settings.ts';
import { reasonOf } from '../../shared/host-error.ts';
import { RequestError } from '../requests/request-error.ts';
import type { TestHost } from '../test-host.ts';
import type { Answer } from './check-answer.ts';
import type { RequestStep, ScenarioHost } from './scenario.ts';

/** How much longer than the host's own limit is waited, in milliseconds. */
const grace = 5000;

/** How long an answer may take to its end, in milliseconds; the host's own limit is on progress. */
export function longestAnswer({ requestTimeout = DEFAULT_REQUEST_TIMEOUT }: ScenarioHost): number {
  return requestTimeout + grace;
}

/** Sends the request of a step and waits for the end of its answer, or until it breaks off or takes too long. */
export async function answerOf(host: TestHost, step: RequestStep, longest: number): Promise<Answer> {
  const ended = new AbortController();
  const { promise: late, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(() => {
    resolve(`it did not end within ${longest / 1000} s`);
    ended.abort();
  }, longest);
  const partial: Received = { status: 0, headers: new Headers(), chunks: [] };
  const brokenOff = await Promise.race([receive(host, step, ended.signal, partial), late]);
  clearTimeout(timer);
  const { status, headers, chunks } = partial;
  return {
    status,
    headers,
    body: Buffer.concat(chunks),
    ...(brokenOff === undefined ? {} : { brokenOff }),
  };
}

/** What has come of an answer. */
interface Received {
  /** 0 before there is any. */
  status: number;
  headers: Headers;
  readonly chunks: Uint8Array[];
}

/** Answers why it broke off; undefined where it came to its end. */
async function receive(
  host: TestHost,
  { method, path, headers, body }: RequestStep,
  signal: AbortSignal,
  partial: Received,
): Promise<string | undefined> {
  // A path may begin with two slashes.
  const url = `http://localhost${path}`;
  const pairs = headers.map(([name, value]): [string, string] => [name, value]);
  try {
    const response = await host.fetch(url, {
      method,
      headers: pairs,
      signal,
      ...(body === undefined ? {} : { body }),
    });
    partial.status = response.status;
    partial.headers = response.headers;
    for await (const chunk of response.body ?? []) partial.chunks.push(chunk);
    return undefined;
  } catch (error) {
    // `fetch failed` says nothing; its cause does.
    const cause = error instanceof TypeError ? (error.cause ?? error) : error;
    return cause instanceof RequestError ? (cause.request.reason ?? cause.message) : reasonOf(cause);
  }
}
