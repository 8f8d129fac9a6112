import { redactUrls } from '../../settings/redact.ts';
import type { Parsed } from '../../shared/parsed.ts';
import { parseNatsUrl } from '../../shared/server-url.ts';

/** Who carries messages. */
export type BrokerSettings =
  | { readonly kind: 'in_memory' }
  /** Several servers of a cluster with commas. */
  | { readonly kind: 'nats'; readonly url: string };

export const inMemoryBroker: BrokerSettings = { kind: 'in_memory' };

const defaultServer = 'nats://127.0.0.1:4222';

/** What `--messaging` takes. @param server the one that `nats` stands for */
export function parseBroker(text: string, server = defaultServer): Parsed<BrokerSettings> {
  if (text === 'in_memory') return { value: inMemoryBroker };
  const url = text === 'nats' ? server : text;
  return 'value' in parseNatsUrl(url)
    ? { value: { kind: 'nats', url } }
    : { expected: 'in_memory, nats or a nats:// URL' };
}

/** The same of the `config` of a host interface, by wash's names: `backend` and `url`; undefined where it names neither. */
export function brokerOfConfig(
  config: Readonly<Record<string, string>>,
  server?: string,
): Parsed<BrokerSettings> | undefined {
  const { backend, url } = config;
  if (backend === undefined && url === undefined) return undefined;
  if (backend !== undefined && !['in_memory', 'in-memory', 'nats'].includes(backend))
    return { expected: 'in_memory or nats as the backend' };
  return backend === undefined || backend === 'nats'
    ? parseBroker(url ?? 'nats', server)
    : { value: inMemoryBroker };
}

/** A broker on one line, with the password of its URL hidden. */
export function formatBroker(settings: BrokerSettings): string {
  return settings.kind === 'nats' ? `nats ${redactUrls(settings.url)}` : settings.kind;
}
