import { inFile, settle, strongest } from '../../settings/choose.ts';
import { fileKey } from '../../settings/file-key.ts';
import type { Setting } from '../../settings/setting.ts';
import { type BrokerSettings, formatBroker, inMemoryBroker, parseBroker } from './broker-settings.ts';

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
export const messagingSettings = [
  {
    name: 'messaging',
    explanation: 'Carry messages with this broker: `in_memory`, `nats://…`.',
    fallback: '`in_memory`',
    keys: [messaging],
    ...places,
    resolve(sources): BrokerSettings {
      const shared = inFile(sources, ['dev.data_nats_url']);
      const given = strongest(sources, { ...places, keys: [messaging] }) ?? shared;
      return settle(sources, 'messaging', given, (text) => parseBroker(text, shared?.text)) ?? inMemoryBroker;
    },
    *show(value: BrokerSettings) {
      yield ['messaging', formatBroker(value)];
    },
  },
] as const satisfies readonly [Setting<'messaging', BrokerSettings>];
