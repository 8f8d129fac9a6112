import { inFile, settle, strongest } from '../../settings/choose.ts';
import { fileKey } from '../../settings/file-key.ts';
import {
  entryFor,
  type HostInterfaceEntry,
  hostInterfacesOf,
} from '../../settings/host-interfaces-setting.ts';
import type { Setting, Sources } from '../../settings/setting.ts';
import type { Parsed } from '../../shared/parsed.ts';
import {
  type BrokerSettings,
  brokerOfConfig,
  formatBroker,
  inMemoryBroker,
  parseBroker,
} from './broker-settings.ts';

const messaging = fileKey('dev.messaging', ({ parsed }) =>
  parsed(
    parseBroker,
    'Who carries messages: `in_memory`, `nats` or a `nats://` URL. Wins over `data_nats_url`.',
  ),
);

const places = {
  variable: 'KVASI_MESSAGING',
  flag: { name: '--messaging', takes: 'name|url' },
} as const;

/** Who carries messages: what the file says, unless the flag or the variable says something else. */
export const settings = [
  {
    name: 'messaging',
    explanation: 'Carry messages with this broker: `in_memory`, `nats://…`.',
    fallback: '`in_memory`',
    keys: [messaging],
    ...places,
    resolve(sources): BrokerSettings {
      const shared = inFile(sources, ['dev.data_nats_url']);
      const given = strongest(sources, { ...places, keys: [messaging] });
      const entry = entryFor(hostInterfacesOf(sources), 'wasmcloud:messaging', undefined);
      if (given === undefined && entry !== undefined) {
        const broker = brokerOfConfig(entry.config, shared?.text);
        if (broker !== undefined) return ofEntry(broker, entry, sources);
      }
      return (
        settle(sources, 'messaging', given ?? shared, (text) => parseBroker(text, shared?.text)) ??
        inMemoryBroker
      );
    },
    *show(value: BrokerSettings) {
      yield ['messaging', formatBroker(value)];
    },
  },
] as const satisfies readonly [Setting<'messaging', BrokerSettings>];

function ofEntry(
  broker: Parsed<BrokerSettings>,
  { place }: HostInterfaceEntry,
  { origins, report }: Sources,
): BrokerSettings {
  origins.set('messaging', place);
  if ('value' in broker) return broker.value;
  report.problem(
    `${place} of wasmcloud:messaging has a config that names no broker. Expected ${broker.expected}.`,
  );
  return inMemoryBroker;
}
