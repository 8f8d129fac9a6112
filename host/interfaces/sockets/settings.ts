import { repeated } from '../../settings/choose.ts';
import { fileKey } from '../../settings/file-key.ts';
import { count } from '../../settings/kind.ts';
import { oneValue } from '../../settings/one-value.ts';
import type { Setting, Sources } from '../../settings/setting.ts';
import type { Parsed } from '../../shared/parsed.ts';
import { type AllowedName, parseAllowedName } from './allowed-names.ts';
import { type PublishedPort, parsePublished } from './published-port.ts';
import type { LoopbackPort } from './socket-policy.ts';

/** How many connections of each direction a workload may have where nothing else is said. */
const usualConnections = 1000;

const names = fileKey('workload.allowedIpNameLookups', ({ parsedTexts }) =>
  parsedTexts(
    parseAllowedName,
    'Names that the component may look up: `*`, `*.example.com`, `example.com` or an IP address. Default: none.',
  ),
);

const loopbackPorts = fileKey('workload.allowedHostLoopbackPorts', ({ parsedScalars }) =>
  parsedScalars(
    parseLoopbackPort,
    'Ports of this machine that the component may reach as `host.wasmcloud.internal`, such as `5432` or `53/udp`. Default: none.',
  ),
);

const ports = fileKey('dev.service_ports', ({ sections, required, name, text, between, oneOf }) =>
  sections(
    {
      name: required(name('Name of the port.')),
      port: required(between(1, 65_535, 'a port', 'Port that the service listens on.')),
      protocol: oneOf(['TCP', 'UDP', 'tcp', 'udp'], 'Default: `TCP`.'),
      publish: between(1, 65_535, 'a port', 'Port of 127.0.0.1 that leads to it. Default: none does.'),
      bind: text('Of plugins only.'),
    },
    'Ports that the service listens on.',
  ),
);

const publish = { name: '--publish', takes: 'port[:port]', repeats: true } as const;

const outboundSetting = oneValue({
  name: 'maxOutboundSockets',
  explanation: 'How many sockets to outside a workload may have open.',
  kind: count,
  key: 'dev.max_outbound_socket_connections_per_workload',
  default: usualConnections,
});

const inboundSetting = oneValue({
  name: 'maxInboundSockets',
  explanation: 'How many connections from outside a workload may have open.',
  kind: count,
  key: 'dev.max_inbound_socket_connections_per_workload',
  default: usualConnections,
});

export const settings = [
  {
    name: 'allowedIpNameLookups',
    keys: [names],
    resolve: (sources): readonly AllowedName[] =>
      listOf(sources, 'allowedIpNameLookups', names, parseAllowedName),
    *show(values: readonly AllowedName[]) {
      yield ['allowedIpNameLookups', values.join(', ') || 'none'];
    },
  },
  {
    name: 'allowedHostLoopbackPorts',
    keys: [loopbackPorts],
    resolve: (sources): readonly LoopbackPort[] =>
      listOf(sources, 'allowedHostLoopbackPorts', loopbackPorts, parseLoopbackPort),
    *show(values: readonly LoopbackPort[]) {
      yield [
        'allowedHostLoopbackPorts',
        values.map(({ port, protocol }) => `${port}/${protocol}`).join(', ') || 'none',
      ];
    },
  },
  {
    name: 'servicePorts',
    explanation:
      'Lead a port of 127.0.0.1 to one that a service or command listens on: `8080`, `8080:7777`, `5353/udp`.',
    keys: [ports],
    flag: publish,
    resolve(sources): readonly PublishedPort[] {
      const { file, origins, report } = sources;
      const written = file?.written(ports) ?? [];
      const place = written.length > 0 ? file?.locate(['dev', 'service_ports'], 'key') : undefined;
      const published: PublishedPort[] = written.map((one, index) => {
        if (one.bind !== undefined && one.bind !== null) {
          const at = file?.locate(['dev', 'service_ports', index, 'bind'], 'key') ?? '';
          report.problem(
            () =>
              `${at}: dev.service_ports[${index}].bind is for plugins. Expected publish, the port of this machine.`,
          );
        }
        const protocol = one.protocol?.toLowerCase() === 'udp' ? 'udp' : 'tcp';
        return { port: one.port, protocol, publish: one.publish ?? undefined };
      });
      for (const given of repeated(sources, publish.name)) {
        const parsed = parsePublished(given);
        if ('value' in parsed) published.push({ ...parsed.value, isOfCall: true });
        else report.usageProblem(`${publish.name} is ${JSON.stringify(given)}. Expected ${parsed.expected}.`);
      }
      origins.set('servicePorts', place ?? (published.length > 0 ? publish.name : 'default'));
      return published;
    },
    *show(values: readonly PublishedPort[]) {
      const shown = values.map(({ port, protocol, publish }) =>
        publish === undefined ? `${port}/${protocol}` : `${publish}:${port}/${protocol}`,
      );
      yield ['servicePorts', shown.join(', ') || 'none'];
    },
  },
  outboundSetting,
  inboundSetting,
] as const satisfies readonly Setting[];

/** Reads `5432`, `5432/tcp` or `53/udp`. Source: wash, `crates/wash-runtime/src/host/allowed_loopback.rs`. */
export function parseLoopbackPort(text: string): Parsed<LoopbackPort> {
  const [, port = '', protocol = 'tcp'] = /^\s*(\d{1,5})\s*(?:\/\s*(tcp|udp)\s*)?$/i.exec(text) ?? [];
  const number = Number(port || Number.NaN);
  if (!(number >= 1 && number <= 65_535))
    return { expected: 'a port such as 5432, "5432/tcp" or "53/udp"; no range and no name' };
  return { value: { port: number, protocol: protocol.toLowerCase() === 'udp' ? 'udp' : 'tcp' } };
}

function listOf<T>(
  { file, origins }: Sources,
  name: string,
  key: typeof names | typeof loopbackPorts,
  parse: (text: string) => Parsed<T>,
): T[] {
  const written: readonly (string | number)[] = file?.written(key) ?? [];
  const isWritten = file?.written(key) !== undefined;
  origins.set(name, isWritten && file !== undefined ? file.locate(['workload', name], 'key') : 'default');
  return written.flatMap((text) => {
    const parsed = parse(String(text));
    return 'value' in parsed ? [parsed.value] : [];
  });
}
