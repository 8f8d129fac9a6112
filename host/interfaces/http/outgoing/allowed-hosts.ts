import { isSpecial } from './special-addresses.ts';

/** Where a request goes, as far as a rule speaks of it. */
interface Place {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
}

interface Rule {
  readonly scheme: string | undefined;
  /** In lower case; of a wildcard what a name has to end with, with its dot. */
  readonly host: string;
  readonly isSuffix: boolean;
  readonly port: number | undefined;
}

const form = /^(?:([a-z][a-z\d+.-]*):\/\/)?(\*(?=\.))?(\[[^\]]+\]|[^:/]+)(?::(\d+))?\/?$/i;

/**
 * The hosts that a component may send requests to. A rule without a scheme is for both, one without a port for each; a wildcard is for
 * names below it, not for the name itself. Source: wash, `allowedHosts`.
 */
export class AllowedHosts {
  readonly #rules: readonly Rule[] | 'all';

  /** @param given entries that were checked when they were read */
  constructor(given: 'all' | readonly string[]) {
    this.#rules =
      given === 'all' || given.includes('*') ? 'all' : given.flatMap((text) => ruleOf(text) ?? []);
  }

  allows(place: Place): boolean {
    return this.#rules === 'all' || this.#rules.some((rule) => isMeant(rule, place));
  }

  /**
   * Whether a name may lead to an address: one of this machine, of its link or of no single machine must itself be allowed, else
   * whoever has the name could lead the component anywhere. `localhost` stands for the addresses of this machine.
   */
  allowsAddress(place: Place, address: string): boolean {
    const kind = isSpecial(address);
    if (kind === undefined || this.#rules === 'all' || this.allows({ ...place, host: address })) return true;
    return kind === 'loopback' && this.allows({ ...place, host: 'localhost' });
  }
}

function ruleOf(text: string): Rule | undefined {
  const match = form.exec(text.trim());
  if (match === null) return undefined;
  const [, scheme, wildcard, host = '', port] = match;
  return {
    scheme: scheme?.toLowerCase(),
    host: canonical(host),
    isSuffix: wildcard !== undefined,
    port: port === undefined ? undefined : Number(port),
  };
}

/** As `Destination.host` has it. */
function canonical(host: string): string {
  if (host.startsWith('.')) return withoutRoot(host.toLowerCase());
  return withoutRoot((URL.parse(`http://${host}`)?.hostname ?? host.toLowerCase()).replace(/^\[|\]$/g, ''));
}

function isMeant(rule: Rule, { scheme, host, port }: Place): boolean {
  if (rule.scheme !== undefined && rule.scheme !== scheme) return false;
  if (rule.port !== undefined && rule.port !== port) return false;
  const name = withoutRoot(host);
  return rule.isSuffix ? name.length > rule.host.length && name.endsWith(rule.host) : name === rule.host;
}

/** A dot at the end makes a name absolute, and no other name. */
function withoutRoot(host: string): string {
  return host.endsWith('.') ? host.slice(0, -1) : host;
}
