import { type RawAnswer, type RawAnswers, valuesOf } from '../support/answers.ts';
import type { ReadRequest, ReadRequests } from './request-reader.ts';

/** What the component `improvise` tells of a request. */
interface Told {
  readonly path?: string;
  readonly body?: string;
}

/** Rules that a server may be lenient about, as no two readers of the request can disagree on where it ends. */
const lenient = new Set([
  'request line',
  'target',
  'line end',
  'field value',
  'host value',
  'trailer',
  'chunk extension',
]);

/**
 * Why these answers do not fit what was asked, if they don't.
 *
 * @param isDone the client has ended its side, after which nothing need be answered
 */
export function judgeAnswers(
  asked: ReadRequests,
  { answers, partial, fault, rest }: RawAnswers,
  isDone: boolean,
): string | undefined {
  if (fault !== undefined) return `no HTTP (${fault})`;
  const isLastTold = answers.some(({ headers }) => valuesOf(headers, 'connection').includes('close'));
  // Of what could not be read nobody knows whether it is HEAD, and nothing follows its answer.
  const isRefused = isLastTold && (answers.at(-1)?.status ?? 0) >= 400;
  if (rest !== '' && asked.end === 'nothing' && !isDone && !isRefused) return 'something behind the answers';
  let index = 0;
  for (const [place, answer] of answers.entries()) {
    const request = asked.requests[index];
    const told = toldIn(answer);
    if (request !== undefined && fits(answer, told, request)) index += 1;
    else if (told === undefined && answer.status >= 400) return judgeRefusal(asked, index);
    else if (request === undefined && asked.isInBody && told?.body === undefined) return undefined;
    else if (request === undefined && asked.end === 'nonsense')
      return lenient.has(asked.rule) ? undefined : `an answer although a rule is broken (${asked.rule})`;
    else if (request === undefined && asked.end === 'beginning') return undefined;
    else return `answer ${place + 1} is not that to request ${index + 1}`;
  }
  if (isDone || isLastTold) return undefined;
  if (partial !== undefined) return 'an answer that is broken off';
  const missing = asked.requests.slice(index);
  if (asked.end !== 'nothing' || missing.length === 0 || missing.some(({ isRefusable }) => isRefusable))
    return undefined;
  return `request ${index + 1} of ${asked.requests.length} got no answer`;
}

function judgeRefusal({ requests, end }: ReadRequests, index: number): string | undefined {
  // A refusal of what comes later may come in place of the answers to what came first.
  if (end !== 'nothing' || requests.slice(index).some(({ isRefusable }) => isRefusable)) return undefined;
  return `request ${index + 1} of ${requests.length} is right, and refused`;
}

function toldIn({ body }: RawAnswer): Told | undefined {
  if (!body.startsWith('{')) return undefined;
  try {
    return JSON.parse(Buffer.from(body, 'latin1').toString('utf8'));
  } catch {
    return undefined;
  }
}

function fits({ status }: RawAnswer, told: Told | undefined, request: ReadRequest): boolean {
  if (status !== 200) return false;
  if (request.method === 'HEAD') return told === undefined;
  if (told === undefined) return false;
  const target = Buffer.from(request.target, 'latin1').toString('utf8');
  const path = target.replace(/^https?:\/\/[^/?]+/i, '').replace(/^(?!\/)/, '/');
  const isTarget = target === told.path || path === told.path;
  const isBody = told.body === undefined || told.body === Buffer.from(request.body, 'latin1').toString('hex');
  return (isTarget || request.isRefusable) && isBody;
}
