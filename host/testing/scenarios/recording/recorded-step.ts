import type { TappedExchange } from '../../../triggers/http/tap-exchange.ts';
import { written } from '../bytes.ts';

/** What a client sends of its own accord, and what must not stand in a file. */
const leftOutOfRequests =
  /^(host|connection|content-length|transfer-encoding|te|expect|user-agent|accept(-.+)?|sec-.+|upgrade.*|cache-control|pragma|dnt|priority|origin|referer|cookie|authorization|proxy-.+)$/i;
/** What the server adds, or what is another one each time. */
const leftOutOfAnswers = /^(date|connection|keep-alive|content-length|transfer-encoding|trailer)$/i;
/** Larger bodies of answers are not written down, in bytes. */
const largestBody = 64 * 1024;

/** A request and its answer, as a file of scenarios writes them. */
export function recordedStep(exchange: TappedExchange): Record<string, unknown> {
  const { status, headers, body } = exchange;
  const names = new Set([...headers.keys()].filter((name) => !leftOutOfAnswers.test(name)));
  const expected = [...names].map((name) => [name, headers.get(name)]);
  const hasBody = body.length > 0 && body.length <= largestBody;
  return {
    request: recordedRequest(exchange),
    expect: {
      status,
      ...(expected.length > 0 ? { headers: Object.fromEntries(expected) } : {}),
      ...(hasBody ? { body: written(body) } : {}),
    },
  };
}

function recordedRequest({ method, target, requestHeaders, requestBody }: TappedExchange): unknown {
  const headers = new Map<string, string[]>();
  for (let index = 0; index + 1 < requestHeaders.length; index += 2) {
    const [name = '', value = ''] = requestHeaders.slice(index, index + 2);
    if (leftOutOfRequests.test(name)) continue;
    headers.set(name.toLowerCase(), [...(headers.get(name.toLowerCase()) ?? []), value]);
  }
  if (headers.size === 0 && requestBody.length === 0) return `${method} ${target}`;
  const values = [...headers].map(([name, all]) => [name, all.length === 1 ? all[0] : all]);
  return {
    method,
    path: target,
    ...(headers.size > 0 ? { headers: Object.fromEntries(values) } : {}),
    ...(requestBody.length > 0 ? { body: written(requestBody) } : {}),
  };
}
