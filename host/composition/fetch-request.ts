import { isPlainMap, shownValue } from '../settings/shown-value.ts';
import { HostError, reasonOf } from '../shared/host-error.ts';
import { nearestAdvice } from '../shared/nearest.ts';
import { wrongArgument } from './options/wrong-argument.ts';

/** Where requests with a relative path go. */
const base = 'http://localhost';
const TARGET = 'a path such as "/visits", a URL of http: or https:, or a Request';
const SETTINGS = 'settings such as { method: "POST", body: "text" }';
const BODY = 'text, bytes, a form or a stream, such as JSON.stringify(value)';

/** What `fetch` knows: https://fetch.spec.whatwg.org/#requestinit, and Node's `dispatcher`. */
const known: ReadonlySet<string> = new Set([
  ...['method', 'headers', 'body', 'signal', 'redirect', 'duplex', 'mode', 'credentials', 'cache'],
  ...['integrity', 'referrer', 'referrerPolicy', 'keepalive', 'priority', 'window', 'dispatcher'],
]);

/**
 * The request that `fetch` would send. Throws a `HostError` for what is none.
 *
 * @param caller the function that got it
 */
export function requestOf(caller: string, input: unknown, init: unknown): Request {
  try {
    const settings = init === undefined || init === null ? {} : settingsOf(caller, init);
    return new Request(input instanceof Request ? input : urlOf(caller, input), settings);
  } catch (cause) {
    if (cause instanceof HostError) throw cause;
    throw new HostError('usage', `${caller} can't make a request of this: ${reasonOf(cause)}`, { cause });
  }
}

function urlOf(caller: string, input: unknown): URL {
  if (typeof input !== 'string' && !(input instanceof URL)) throw wrongArgument(caller, input, TARGET);
  const text = String(input);
  // A path stands for itself, also one that begins with two slashes.
  const url = URL.parse(text.startsWith('/') ? `${base}${text}` : text, base);
  if (url === null || !/^https?:$/.test(url.protocol)) throw wrongArgument(caller, text, TARGET);
  return url;
}

function settingsOf(caller: string, init: unknown): RequestInit {
  if (typeof init !== 'object' || init === null || Array.isArray(init)) {
    throw wrongArgument(`the second argument of ${caller}`, init, SETTINGS);
  }
  // What a request of the platform has besides is no setting, and does no harm.
  if (init instanceof Request) return init;
  for (const name in init) {
    if (known.has(name)) continue;
    const hint = nearestAdvice(name, known, `Expected ${SETTINGS}.`);
    throw new HostError('usage', `${caller}: ${shownValue(name)} is no setting of a request. ${hint}`);
  }
  const { body } = init as { readonly body?: unknown };
  if (Array.isArray(body) || (isPlainMap(body) && !(Symbol.asyncIterator in body))) {
    // The platform would send "[object Object]".
    throw wrongArgument(`the body of ${caller}`, body, BODY);
  }
  // A body that is a stream has to be announced (Fetch, `duplex`).
  return body instanceof ReadableStream ? { ...init, duplex: 'half' } : init;
}
