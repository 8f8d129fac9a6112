import { type AllowedName, allowsName } from './allowed-names.ts';
import {
  type Endpoint,
  endpointText,
  type IpAddress,
  isBroadcast,
  isLoopback,
  isMulticast,
  isSameIp,
  isUnspecified,
  loopback,
  parseIp,
} from './ip-address.ts';

export type Protocol = 'tcp' | 'udp';

/** A port of this machine's own loopback. */
export interface LoopbackPort {
  readonly port: number;
  readonly protocol: Protocol;
}

/** What a guest may reach. */
export interface SocketRules {
  /** See `workload.allowedHosts`. */
  readonly allowedHosts: 'all' | readonly string[];
  readonly allowedNames: readonly AllowedName[];
  readonly loopbackPorts: readonly LoopbackPort[];
}

/** Where a socket leads: into the loopback that a workload has for itself, or out. */
export type Destination =
  | { readonly plane: 'private'; readonly endpoint: Endpoint }
  | { readonly plane: 'host'; readonly endpoint: Endpoint }
  /** @param advice what would allow it */
  | { readonly plane: 'denied'; readonly advice: string };

/** The address that `host.wasmcloud.internal` has for guests: this machine's own loopback. wash's choice. */
export const hostSentinel: IpAddress = { family: 'ipv4', parts: [127, 255, 255, 254] };
/** The address by which the metadata of a machine in a cloud is read, over IPv6. */
const metadata: IpAddress = { family: 'ipv6', parts: [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254] };

/**
 * Who may reach what with a socket. The rules are wash's (`crates/wash-runtime/src/sockets/policy.rs`), with one difference: wash only
 * counts what `allowedHosts` would refuse, and lets it pass; here it is refused.
 */
export class SocketPolicy {
  readonly #rules: SocketRules;

  constructor(rules: SocketRules) {
    this.#rules = rules;
  }

  /** Whether a name may be looked up, in the form that `domainOf` makes of it. */
  allowsName(name: string): boolean {
    return allowsName(this.#rules.allowedNames, name);
  }

  /** Where a connection or a datagram to an address goes. */
  destination(endpoint: Endpoint, protocol: Protocol): Destination {
    const { ip, port } = endpoint;
    if (isSameIp(ip, hostSentinel)) {
      if (this.#rules.loopbackPorts.some((one) => one.port === port && one.protocol === protocol))
        return { plane: 'host', endpoint: { ip: loopback.ipv4, port } };
      const entry = protocol === 'tcp' ? `${port}` : `${port}/udp`;
      return {
        plane: 'denied',
        advice: `workload.allowedHostLoopbackPorts: ["${entry}"] allows this port of the machine`,
      };
    }
    if (isLoopback(ip)) return { plane: 'private', endpoint };
    if (isSpecial(ip)) return { plane: 'denied', advice: 'no setting allows addresses of this kind' };
    if (this.#isAllowed(endpoint)) return { plane: 'host', endpoint };
    return { plane: 'denied', advice: `workload.allowedHosts: ["${endpointText(endpoint)}"] allows it` };
  }

  #isAllowed(endpoint: Endpoint): boolean {
    const { allowedHosts } = this.#rules;
    return allowedHosts === 'all' || allowedHosts.some((entry) => permits(entry, endpoint));
  }
}

/** Whether an entry of `allowedHosts` names an address. One that names a host by its name never does. */
function permits(entry: string, { ip, port }: Endpoint): boolean {
  if (entry === '*') return true;
  const authority = entry.replace(/^[a-z][a-z\d+.-]*:\/\//i, '').replace(/\/$/, '');
  const [, bracketed, plain, wanted] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d+))?$/.exec(authority) ?? [];
  const named = parseIp(bracketed ?? plain ?? '');
  return named !== undefined && isSameIp(named, ip) && (wanted === undefined || Number(wanted) === port);
}

/** What is no ordinary destination: the machine's link, its metadata, and what is no single host. */
function isSpecial(ip: IpAddress): boolean {
  const [a = 0, b = 0, c = 0] = ip.parts;
  if (isUnspecified(ip) || isMulticast(ip) || isBroadcast(ip) || isSameIp(ip, metadata)) return true;
  if (ip.family === 'ipv6') return (a & 0xffc0) === 0xfe80 || (a === 0x2001 && b === 0x0db8);
  const isDocumentation =
    (a === 192 && b === 0 && c === 2) ||
    (a === 198 && b === 51 && c === 100) ||
    (a === 203 && b === 0 && c === 113);
  return (a === 169 && b === 254) || a >= 240 || a === 0 || isDocumentation;
}
