import { HostError } from '../../shared/host-error.ts';

/** Which requests a rule is about. */
export interface UrlPattern {
  readonly text: string;
  matches(method: string, url: string): boolean;
}

export const PATTERN =
  'a URL such as "https://api.example.com/*", perhaps with a method in front: "POST https://api.example.com/orders"';

const form = /^(?:([A-Za-z]+) +)?(\S+)$/;

/**
 * Reads a pattern such as `https://api.example.com/*` or `POST https://api.example.com/orders`, in which `*` stands for any characters.
 * Throws a `HostError` for one that no request could match.
 *
 * @param caller the function that got it
 */
export function urlPattern(text: string, caller: string): UrlPattern {
  if (typeof text !== 'string' || !isUrlPattern(text)) {
    throw new HostError('usage', `${caller} got the pattern ${JSON.stringify(text)}. Expected ${PATTERN}.`);
  }
  const [, method, url = ''] = form.exec(text.trim()) ?? [];
  const wanted = method?.toUpperCase();
  const parts = withPath(url).split('*');
  return {
    text,
    matches: (given, target) =>
      (wanted === undefined || wanted === given.toUpperCase()) && isLike(parts, target),
  };
}

/** Whether it is a pattern that a request could match. */
export function isUrlPattern(text: string): boolean {
  const [, , url = ''] = form.exec(text.trim()) ?? [];
  return url.startsWith('*') || /^https?:\/\/[^/]/.test(url);
}

/** `https://example.com` is `https://example.com/`. */
function withPath(url: string): string {
  return /^https?:\/\/[^/*]+$/.test(url) ? `${url}/` : url;
}

/** Whether these come in the text in this order, the first at its start and the last at its end. */
function isLike([first = '', ...others]: readonly string[], text: string): boolean {
  if (!text.startsWith(first)) return false;
  const last = others.pop();
  if (last === undefined) return text === first;
  let at = first.length;
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
