import { isIPv4, isIPv6 } from 'node:net';
import type { Parsed } from './parsed.ts';

/** Where a server listens. */
export interface Address {
  /** Host name or IP address; IPv6 without brackets. */
  readonly host: string;
  /** 0 to 65535; 0 takes a free port. */
  readonly port: number;
}

const ADDRESS = 'host:port with a port from 0 to 65535, such as "localhost:8000" or "[::1]:8000"';

/** Reads `host:port` or `[ipv6]:port`. */
export function parseAddress(text: string): Parsed<Address> {
  const match = /^(?:\[([^\]]*)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (!match || port > 65_535) return { expected: ADDRESS };
  const [, bracketed, name = ''] = match;
  if (bracketed !== undefined) {
    return isIPv6(bracketed) ? { value: { host: bracketed, port } } : { expected: ADDRESS };
  }
  const looksRight = /^[\d.]+$/.test(name) ? isIPv4(name) : /^[\w]([\w.-]*[\w])?\.?$/.test(name);
  return looksRight ? { value: { host: name, port } } : { expected: ADDRESS };
}

/** Writes an address the way {@link parseAddress} reads it. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
