import type { Parsed } from './parsed.ts';

/** Checks one entry of `allowedHosts`: a host policy, so neither a path nor a query. */
export function parseHostPolicy(text: string): Parsed<string> {
  if (text === '*') return { value: text };
  const host =
    /^(?:([a-z][a-z\d+.-]*):\/\/(?=[^/]))?(?:(?:\*\.)?[\w-]+(?:\.[\w-]+)*|\[[\da-f:.]+\])(?::(\d{1,5}))?\/?$/i;
  const match = host.exec(text);
  const [, scheme, port] = match ?? [];
  if (scheme !== undefined && !/^https?$/i.test(scheme)) {
    return { expected: `the scheme http or https, or none, in place of ${scheme}` };
  }
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65535)) {
    return { expected: 'a port from 1 to 65535, or none for all ports' };
  }
  if (match !== null && (scheme !== undefined || !text.endsWith('/'))) return { value: text };
  return {
    expected:
      '"*", "example.com", "example.com:8443", "*.example.com" or "https://example.com", without a path',
  };
}
