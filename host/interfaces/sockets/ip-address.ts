/** An address of the internet protocol, by its four bytes or its eight groups. */
export interface IpAddress {
  readonly family: IpFamily;
  readonly parts: readonly number[];
}

export type IpFamily = 'ipv4' | 'ipv6';

/** An address and a port. */
export interface Endpoint {
  readonly ip: IpAddress;
  readonly port: number;
}

/** `ip-address` of the WIT. */
export interface WitAddress {
  readonly tag: IpFamily;
  readonly val: readonly number[];
}

/** `ip-socket-address` of the WIT. */
export interface WitEndpoint {
  readonly tag: IpFamily;
  readonly val: {
    readonly port: number;
    readonly address: readonly number[];
    readonly flowInfo?: number;
    readonly scopeId?: number;
  };
}

export const loopback: Readonly<Record<IpFamily, IpAddress>> = {
  ipv4: { family: 'ipv4', parts: [127, 0, 0, 1] },
  ipv6: { family: 'ipv6', parts: [0, 0, 0, 0, 0, 0, 0, 1] },
};

export function endpointOf({ tag, val: { port, address } }: WitEndpoint): Endpoint {
  return { ip: { family: tag, parts: [...address] }, port };
}

export function witEndpoint({ ip: { family, parts }, port }: Endpoint): WitEndpoint {
  const address = [...parts];
  return family === 'ipv4'
    ? { tag: family, val: { port, address } }
    : { tag: family, val: { port, flowInfo: 0, address, scopeId: 0 } };
}

export function witAddress({ family, parts }: IpAddress): WitAddress {
  return { tag: family, val: [...parts] };
}

/** As Node and people write it. */
export function ipText({ family, parts }: IpAddress): string {
  if (family === 'ipv4') return parts.join('.');
  const groups = parts.map((part) => part.toString(16)).join(':');
  // The first of the longest runs of zeros (RFC 5952, 4.2).
  const runs = [...groups.matchAll(/(?<![^:])0(?::0)+(?![^:])/g)].map(([run], index, all) => ({
    run,
    at: all[index]?.index ?? 0,
  }));
  const longest = runs.toSorted((a, b) => b.run.length - a.run.length)[0];
  if (longest === undefined) return groups;
  const before = groups.slice(0, longest.at).replace(/:$/, '');
  const after = groups.slice(longest.at + longest.run.length).replace(/^:/, '');
  return `${before}::${after}`;
}

/** Such as `10.0.0.1:80` or `[::1]:80`. */
export function endpointText({ ip, port }: Endpoint): string {
  return ip.family === 'ipv4' ? `${ipText(ip)}:${port}` : `[${ipText(ip)}]:${port}`;
}

/** Reads an address as `ipText` and others write it; undefined for what is none. */
export function parseIp(text: string): IpAddress | undefined {
  return text.includes(':') ? parseIpv6(text.replace(/%.*$/, '')) : parseIpv4(text);
}

function parseIpv4(text: string): IpAddress | undefined {
  const parts = text.split('.');
  const isRight = parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part));
  const bytes = parts.map(Number);
  return isRight && bytes.every((byte) => byte < 256) ? { family: 'ipv4', parts: bytes } : undefined;
}

function parseIpv6(given: string): IpAddress | undefined {
  const last = /(?<=:)\d+\.\d+\.\d+\.\d+$/.exec(given)?.[0];
  const embedded = last === undefined ? undefined : parseIpv4(last);
  if (last !== undefined && embedded === undefined) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = embedded?.parts ?? [];
  const hex = (high: number, low: number): string => (high * 256 + low).toString(16);
  const text = last === undefined ? given : `${given.slice(0, -last.length)}${hex(a, b)}:${hex(c, d)}`;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [front = [], back = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - front.length - back.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...front, ...Array<string>(missing).fill('0'), ...back];
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  return { family: 'ipv6', parts: groups.map((group) => Number.parseInt(group, 16)) };
}

export function isSameIp(one: IpAddress, other: IpAddress): boolean {
  return one.family === other.family && one.parts.every((part, index) => part === other.parts[index]);
}

export function isSameEndpoint(one: Endpoint, other: Endpoint): boolean {
  return one.port === other.port && isSameIp(one.ip, other.ip);
}

export function isUnspecified({ parts }: IpAddress): boolean {
  return parts.every((part) => part === 0);
}

export function isLoopback(ip: IpAddress): boolean {
  return ip.family === 'ipv4' ? ip.parts[0] === 127 : isSameIp(ip, loopback.ipv6);
}

/** Whether it is an IPv4 address in the form of an IPv6 one, `::ffff:10.0.0.1`. */
export function isMapped({ family, parts }: IpAddress): boolean {
  return family === 'ipv6' && parts[5] === 0xffff && parts.slice(0, 5).every((part) => part === 0);
}

export function isMulticast({ family, parts: [first = 0] }: IpAddress): boolean {
  return family === 'ipv4' ? first >= 224 && first < 240 : first >> 8 === 0xff;
}

export function isBroadcast({ family, parts }: IpAddress): boolean {
  return family === 'ipv4' && parts.every((part) => part === 255);
}
