import { type NamedFile, placeOfKey } from '../../settings/at-place.ts';
import { fileKey } from '../../settings/file-key.ts';
import { count, oneOf, timer } from '../../settings/kind.ts';
import { oneValue } from '../../settings/one-value.ts';
import type { Setting } from '../../settings/setting.ts';
import { absolutePath, parsePath } from '../../shared/path.ts';

/** Hosts that a component may send requests to. */
export type AllowedHosts = 'all' | readonly string[];

/** Where the built-in authorities come from that servers are checked against, by wash's names. `webpki` is the list of Mozilla. */
export const TRUST_ROOTS = ['webpki-and-native', 'webpki', 'native', 'extra-only'] as const;
export type TrustRoots = (typeof TRUST_ROOTS)[number];

const allowedHosts = fileKey('workload.allowedHosts', ({ hostPolicies }) =>
  hostPolicies(
    'Hosts that the component may send requests to. Absent: all. `[]`: none. No `workload` at all: none.',
  ),
);
const trustedPaths = fileKey('dev.http_client_ca_paths', ({ parsedTexts }) =>
  parsedTexts(parsePath, 'Files in PEM with further authorities for outgoing HTTPS.'),
);

const allowedHostsSetting = {
  name: 'allowedHosts',
  keys: [allowedHosts],
  /** As in wash: without a `workload` nothing is allowed, with one that says nothing about hosts everything is. */
  resolve({ file, origins }): AllowedHosts {
    if (!file?.at('workload')) {
      origins.set('allowedHosts', 'default');
      return [];
    }
    const hosts = file.written(allowedHosts);
    origins.set('allowedHosts', file.locate(hosts ? ['workload', 'allowedHosts'] : ['workload'], 'key'));
    return !hosts || hosts.includes('*') ? 'all' : hosts;
  },
  *show(hosts: AllowedHosts) {
    yield ['allowedHosts', hosts === 'all' ? hosts : hosts.join(', ') || 'none'];
  },
} as const satisfies Setting<'allowedHosts', AllowedHosts>;

const caPathsSetting = {
  name: 'httpClientCaPaths',
  keys: [trustedPaths],
  /** Whether the files are there is for whoever starts a host: see `requireCertificates`. */
  resolve({ file, directory, origins }): readonly NamedFile[] {
    const written = file?.written(trustedPaths) ?? [];
    const key = ['dev', 'http_client_ca_paths'];
    origins.set('httpClientCaPaths', (written.length > 0 && file?.locate(key, 'key')) || 'default');
    return written.map((path, index) => ({
      path: absolutePath(directory, path),
      place: file === undefined ? key.join('.') : placeOfKey({ file }, [...key, index]),
    }));
  },
  *show(files: readonly NamedFile[]) {
    yield ['httpClientCaPaths', files.map(({ path }) => path).join(', ') || 'none'];
  },
} as const satisfies Setting<'httpClientCaPaths', readonly NamedFile[]>;

export const settings = [
  allowedHostsSetting,
  oneValue({
    name: 'httpClientTrustRoots',
    explanation:
      'The built-in authorities for outgoing HTTPS: those of Mozilla (`webpki`), those of this machine (`native`), both or none.',
    kind: oneOf(TRUST_ROOTS),
    key: 'dev.http_client_trust_roots',
    default: 'webpki-and-native',
  }),
  caPathsSetting,
  oneValue({
    name: 'maxConnections',
    explanation: 'How many connections for outgoing HTTP there may be in all.',
    kind: count,
    key: 'dev.max_connections',
    default: undefined,
  }),
  oneValue({
    name: 'maxOutboundHttpConnections',
    explanation:
      'How many connections for outgoing HTTP the component may have, those that are idle included.',
    kind: count,
    key: 'dev.max_outbound_http_connections_per_workload',
    default: 128,
  }),
  oneValue({
    name: 'httpConnectionWait',
    explanation: 'How long an outgoing request waits for a connection where there may be no more of them.',
    kind: timer,
    key: 'dev.http_connection_wait',
    default: 5000,
  }),
] as const;
