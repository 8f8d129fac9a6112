import * as v from 'valibot';
import { parseAddress } from '../shared/address.ts';
import { parseNatsUrl, parseRedisUrl, parseServerUrl } from '../shared/server-url.ts';
import { limitsSection } from './limits-schema.ts';
import { REFUSALS } from './refusals.ts';
import {
  command,
  count,
  duration,
  flag,
  number,
  oneOf,
  parsed,
  parsedTexts,
  path,
  required,
  STRING_EXPECTED,
  section,
  sections,
  text,
  textMap,
  texts,
  timer,
  variables,
} from './schema-parts.ts';
import { INSTANCE_MODES, MOST_THREADS } from './settings.ts';
import { parseAllowedHost, THREADS } from './values.ts';

/** Where a component comes from, in `dev.components` and `host_plugins`. */
const componentSource = {
  file: path('Path of a component.'),
  image: text('Reference of a component in an OCI registry.'),
  pullPolicy: oneOf(['always', 'ifNotPresent', 'never'], 'When the image is pulled.'),
};

/** The environment layer that `workload`, components and plugins share. */
export const environmentEntries = {
  config: variables('Variables and their values.'),
  configFrom: texts('Names of entries in `configs` whose values are added; they win over `config`.'),
  secretFrom: texts('Names of entries in `secrets` whose values are added; they win over `configFrom`.'),
};

const ports = (description: string) =>
  sections(
    {
      name: text('Name of the port.'),
      port: count('Port inside of the component.'),
      protocol: text('TCP or UDP.'),
      publish: count('Port of this machine that leads to it.'),
      bind: text('Address of this machine that the plugin binds itself.'),
    },
    description,
  );

export const allowedHosts = (description: string) => parsedTexts(parseAllowedHost, description);

export const pluginEntries = {
  id: text('Name of the plugin.'),
  ...componentSource,
  ...environmentEntries,
  maxRestarts: number('Restarts before the plugin is given up.'),
  expectedDigest: text('Digest that the image has to have.'),
  allowedHosts: allowedHosts('Hosts that the plugin may send requests to.'),
  allowedIpNameLookups: texts('Names that the plugin may look up.'),
  ports: ports('Ports that the plugin listens on.'),
};

const componentEntries = {
  name: required(text('Name of the component.')),
  ...componentSource,
  environment: section(environmentEntries, 'Variables, merged over those of `workload`.'),
  config: textMap('Values of `wasi:config/store`, merged over those of `workload`.'),
  allowedHosts: allowedHosts('Replaces the list of `workload`.'),
  allowedIpNameLookups: texts('Replaces the list of `workload`.'),
  allowedHostLoopbackPorts: texts('Replaces the list of `workload`.'),
  poolSize: number('Instances kept warm.'),
  maxInvocations: number('Calls of a warm instance.'),
  maxConcurrency: number('Calls of a warm instance at once.'),
};

/** A store for one identifier. */
export const bucketEntries = {
  backend: required(
    text(
      '`in_memory`, `filesystem`, `sqlite`, `redis`, `nats`, or the path of a module such as `./my-backend.ts`.',
    ),
  ),
  url: text(
    'Server, for `redis` and `nats`. Default: the one of `dev.wasi_keyvalue_*_url`, else this machine.',
  ),
  path: path(
    'Folder for `filesystem`, file for `sqlite`. Default: `.kvasi/state/files`, `.kvasi/state/kv.db`.',
  ),
  prefix: text('Text put in front of every key in the store. Default: none.'),
  ttl: duration(
    'How long a key lives after its last write, such as `60s` or `30d`; at most 36500 days. Default: for ever.',
  ),
  counters: oneOf(
    ['ascii', 'wash'],
    'How new counters are written: decimal digits (default), or 8 bytes as wash does.',
  ),
  seed: path(
    'JSON Lines file that fills the bucket when `kvasi dev` starts and the bucket is empty; of `default`, the buckets `default` and `""`. Default: none.',
  ),
};

const keyvalue = v.nullish(
  v.pipe(
    v.record(
      v.string(),
      v.union(
        // A module's entry has keys of its own.
        [v.picklist(REFUSALS), v.looseObject(bucketEntries)],
        '"deny", "no-such-store", or a section such as { backend: redis, url: "redis://127.0.0.1:6379" }',
      ),
      'a map of identifiers to stores',
    ),
    v.description(
      'Which store an identifier gets. `default` is the store of all that are not listed; `"*"` is what they get instead. `deny` answers access-denied. The entry of a module may have further keys, which are its options.',
    ),
  ),
);

export const devEntries = {
  command: command('Command that builds the component during development. Default: `build.command`.'),
  component_path: path('The component to run. Default: `build.component_path`.'),
  address: parsed(
    parseAddress,
    'Where the server listens; port 0 takes a free one. Default `localhost:8000`.',
  ),
  instances: oneOf(
    INSTANCE_MODES,
    '`fresh` (default): every request sees a new instance. `reuse`: instances are used again and keep their memory.',
  ),
  threads: v.nullish(
    v.pipe(
      v.number(THREADS),
      v.integer(THREADS),
      v.minValue(1, THREADS),
      v.maxValue(MOST_THREADS, THREADS),
      v.description(
        'How many threads run the component, from 1 to 64. Default 1, which is fastest unless a request computes for milliseconds.',
      ),
    ),
  ),
  requestTimeout: timer(
    'How long a request may take until it is answered 504, such as `30s`, `500ms`, `2m`, or a number of milliseconds; at most 24 days. Default `30s`.',
  ),
  limits: limitsSection,
  keyvalue,
  wasi_keyvalue_redis_url: parsed(
    parseRedisUrl,
    'Redis server that keeps the buckets. Wins over the three below.',
  ),
  wasi_keyvalue_nats_url: parsed(
    parseNatsUrl,
    'NATS server that keeps the buckets. Wins over the two below.',
  ),
  wasi_keyvalue_path: path('Folder that keeps the buckets as files. Wins over `data_nats_url`.'),
  data_nats_url: parsed(parseNatsUrl, 'NATS server for keyvalue, blobstore and messaging.'),
  volumes: sections(
    {
      host_path: required(path('Folder of this machine.')),
      guest_path: required(path('Path that the component opens.')),
    },
    'Folders that the component sees. Default: none.',
  ),
  environment: textMap('Variables for the process of the host itself.'),
  components: sections(componentEntries, 'Components loaded beside the main one.'),
  host_interfaces: sections(
    {
      namespace: required(text('Such as `wasi`.')),
      package: required(text('Such as `keyvalue`.')),
      interfaces: texts('Such as `store`.'),
      version: text('Such as `0.2.0-draft`.'),
      config: textMap('Settings of the interface.'),
      name: text('Name of this one where there are several.'),
    },
    'Interfaces asked of the host.',
  ),
  host_plugins: sections(pluginEntries, 'Components that provide interfaces to others.'),
  service: flag('Whether the component is a service.'),
  service_file: path('Component that runs as a service.'),
  service_image: text('Image of a component that runs as a service.'),
  service_pull_policy: oneOf(['always', 'ifNotPresent', 'never'], 'When that image is pulled.'),
  service_ports: ports('Ports that the service listens on.'),
  allow_insecure_registries: flag('Whether registries are reached over plain HTTP.'),
  tls_cert_path: path('Certificate of the server.'),
  tls_key_path: path('Key of that certificate.'),
  tls_ca_path: path('Authority that clients are checked against.'),
  http_client_ca_paths: v.nullish(
    v.pipe(
      v.array(v.string(STRING_EXPECTED), 'a list of paths'),
      v.description('Further authorities for outbound HTTPS.'),
    ),
  ),
  http_client_trust_roots: oneOf(
    ['webpki-and-native', 'webpki', 'native', 'extra-only'],
    'Built-in authorities for outbound HTTPS.',
  ),
  http_connection_wait: text('How long an outbound request waits for a connection.'),
  max_connections: count('Outbound HTTP connections in all.'),
  max_outbound_http_connections_per_workload: count('Outbound HTTP connections of a component.'),
  max_outbound_socket_connections_per_workload: count('Outbound sockets of a component.'),
  max_inbound_socket_connections_per_workload: count('Inbound sockets of a component.'),
  wasi_blobstore_path: path('Folder that keeps blobs.'),
  postgres_url: parsed(
    (given) => parseServerUrl(given, ['postgres', 'postgresql'], 'postgres://127.0.0.1:5432/db'),
    'PostgreSQL server.',
  ),
  wasi_webgpu: flag('Whether `wasi:webgpu` is provided.'),
  wasi_otel: flag('Whether `wasi:otel` is provided.'),
  wasm_proposals: texts('Further WebAssembly proposals to turn on.'),
};
