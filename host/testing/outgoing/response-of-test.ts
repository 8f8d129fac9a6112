import { setTimeout as sleep } from 'node:timers/promises';
import { AnswerFailure, type HostAnswer } from '../../interfaces/http/host-answers.ts';
import { HostError } from '../../shared/host-error.ts';
import type { OutgoingAnswer } from './outgoing-rule.ts';

/** Headers that belong to the connection, or tell a length that the host finds out itself. */
const ofConnection = new Set(['connection', 'transfer-encoding', 'keep-alive']);

/** A response as the component gets it. @param cutAfter its body breaks off after so many bytes */
export function answerOf(response: Response, cutAfter: number | undefined): HostAnswer {
  const headers = [...response.headers].flatMap(([name, value]) =>
    ofConnection.has(name) ? [] : [name, value],
  );
  return { status: response.status, headers, body: bodyOf(response.body, cutAfter) };
}

/** What a rule without a function answers. */
export function responseOf({ status = 200, headers = {}, body, json }: OutgoingAnswer): Response {
  const isEmpty = status === 204 || status === 304;
  return json === undefined
    ? new Response(isEmpty ? null : (body ?? ''), { status, headers })
    : Response.json(json, { status, headers });
}

/** Waits, until the component does not want the answer any more. */
export async function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds > 0) await sleep(milliseconds, undefined, { signal });
}

/** Throws a `HostError` for what a handler may not answer. */
export function requireResponse(given: unknown, url: string): Response {
  if (given instanceof Response) return given;
  throw new HostError(
    'usage',
    `the rule for ${url} answered ${given === undefined ? 'nothing' : typeof given}. Expected a Response.`,
  );
}

function bodyOf(
  body: ReadableStream<Uint8Array> | null,
  cutAfter: number | undefined,
): AsyncIterable<Uint8Array> | undefined {
  if (cutAfter === undefined) return body ?? undefined;
  return cut(body, cutAfter);
}

async function* cut(body: ReadableStream<Uint8Array> | null, most: number): AsyncGenerator<Uint8Array> {
  let left = most;
  for await (const chunk of body ?? []) {
    if (left > 0) yield chunk.subarray(0, left);
    left -= chunk.length;
    if (left <= 0) break;
  }
  throw new AnswerFailure({ tag: 'HTTP-response-incomplete' }, 'the body broke off (a fault of the test)');
}
