import { domainOf } from './allowed-names.ts';
import { type ErrorCode, lookupCode } from './error-code.ts';
import type { GuestSockets } from './guest-sockets.ts';
import { type IpAddress, isMapped, loopback, parseIp } from './ip-address.ts';
import { hostSentinel } from './socket-policy.ts';

/** Names that the host answers by itself; they reach no resolver, so they need no leave. wash's zone. */
const ownZone = 'wasmcloud.internal';
/** How many lookups one instance may have under way. */
const mostLookups = 100;

/** Looks names up for one guest. */
export class NameLookup {
  readonly #sockets: GuestSockets;
  #underWay = 0;

  constructor(sockets: GuestSockets) {
    this.#sockets = sockets;
  }

  /**
   * Begins to look up a name, and throws an `ErrorCode` where that can be said at once. Resolves with at least one address, in the
   * order of preference; rejects with an `ErrorCode`.
   */
  resolve(given: string): Promise<IpAddress[]> {
    const name = domainOf(given);
    if (name === undefined) throw 'invalid-argument' satisfies ErrorCode;
    const own = ownAddress(name);
    if (own !== undefined) return Promise.resolve([own]);
    if (name === ownZone || name.endsWith(`.${ownZone}`)) throw 'name-unresolvable' satisfies ErrorCode;
    const { policy } = this.#sockets;
    if (!policy.allowsName(name)) {
      const started = performance.now();
      const advice = `workload.allowedIpNameLookups: ["${name}"] allows it`;
      const code = this.#sockets.denied(`the lookup of ${name}`, advice, 'permanent-resolver-failure');
      this.#sockets.note('resolve-addresses', name, [], code, started);
      throw code;
    }
    const ip = parseIp(name);
    if (ip !== undefined) return Promise.resolve([ip]);
    if (this.#underWay >= mostLookups) throw 'temporary-resolver-failure' satisfies ErrorCode;
    return this.#sockets.perform(
      'resolve-addresses',
      name,
      () => this.#lookUp(name),
      (addresses) => [addresses.length],
    );
  }

  async #lookUp(name: string): Promise<IpAddress[]> {
    this.#underWay += 1;
    try {
      const { lookup } = await import('node:dns/promises');
      const found = await lookup(name, { all: true });
      const addresses = found.flatMap(({ address }) => parseIp(address) ?? []).filter((ip) => !isMapped(ip));
      if (addresses.length === 0) throw 'name-unresolvable' satisfies ErrorCode;
      return addresses;
    } catch (thrown) {
      throw thrown === 'name-unresolvable' ? thrown : lookupCode(thrown);
    } finally {
      this.#underWay -= 1;
    }
  }
}

/** `localhost` is the workload's own, as 127.0.0.1 is. */
function ownAddress(name: string): IpAddress | undefined {
  if (name === 'localhost') return loopback.ipv4;
  if (name === `host.${ownZone}`) return hostSentinel;
  const isService = name === `service.${ownZone}` || new RegExp(`^[^.]+\\.svc\\.${ownZone}$`).test(name);
  return isService ? loopback.ipv4 : undefined;
}
