import type { Parsed } from './parsed.ts';

/** Checks one entry of `allowedHosts`: a host policy, so neither a path nor a query. */
export function parseHostPolicy(text: string): Parsed<string> {
  const host =
    /^(?:[a-z][a-z\d+.-]*:\/\/(?=[^/]))?(?:(?:\*\.)?[\w-]+(?:\.[\w-]+)*|\[[\da-f:.]+\])(?::\d{1,5})?\/?$/i;
  const right = text === '*' || (host.test(text) && (text.includes('://') || !text.endsWith('/')));
  if (right) return { value: text };
  return {
    expected:
      '"*", "example.com", "example.com:8443", "*.example.com" or "https://example.com", without a path',
  };
}
