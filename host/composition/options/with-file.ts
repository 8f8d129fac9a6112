import type { BlobStores } from '../../interfaces/blobstore/configuration/blob-settings.ts';
import { blobPackages } from '../../interfaces/blobstore/packages.ts';
import type { KeyvalueSettings } from '../../interfaces/keyvalue/configuration/store-rules.ts';
import { saysStore } from '../../settings/host-interfaces-setting.ts';
import type { Settings } from '../settings.ts';
import { type ResolvedSettings, resolveSettings } from '../settings.ts';
import type { HostOptions } from './host-options.ts';

/** Reads a configuration file as `kvasi dev` does. Variables that are settings of kvasi's commands do not count. */
export async function settingsOfFile(path: string, cwd: string): Promise<ResolvedSettings> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('KVASI_')));
  return await resolveSettings({ cwd, env, flags: {}, file: path, advice: 'Name one that is there.' });
}

/**
 * What a file says, and in place of that what the options of a host say.
 *
 * @param own what the options come to by themselves
 * @param keyvalue the stores, of both
 */
export function withFile<Own extends Settings>(
  file: Settings,
  own: Own,
  options: Pick<
    HostOptions,
    | 'blobstore'
    | 'messaging'
    | 'hostInterfaces'
    | 'postgresUrl'
    | 'components'
    | 'imports'
    | 'routes'
    | 'volumes'
    | 'limits'
    | 'allowedHosts'
    | 'instances'
    | 'threads'
    | 'requestTimeout'
    | 'address'
  >,
  keyvalue: KeyvalueSettings,
): Own {
  const {
    hostInterfaces,
    volumes = {},
    limits = {},
    components,
    routes,
    imports = {},
    allowedHosts,
    instances,
    threads,
    requestTimeout,
    address,
  } = options;
  const chosen = Object.fromEntries(
    Object.entries(own.limits).filter(([name]) => Object.hasOwn(limits, name)),
  );
  return {
    ...own,
    directory: file.directory,
    configFile: file.configFile,
    allowedIpNameLookups: file.allowedIpNameLookups,
    allowedHostLoopbackPorts: file.allowedHostLoopbackPorts,
    tls: file.tls,
    service: file.service,
    schedules: file.schedules,
    servicePorts: file.servicePorts,
    messaging: options.messaging == null ? file.messaging : own.messaging,
    maxOutboundSockets: file.maxOutboundSockets,
    maxInboundSockets: file.maxInboundSockets,
    keyvalue,
    blobstore: blobsOverFile(file, own, options),
    hostInterfaces: hostInterfaces == null ? file.hostInterfaces : own.hostInterfaces,
    postgresUrl: options.postgresUrl === undefined ? file.postgresUrl : own.postgresUrl,
    environment: { ...file.environment, ...own.environment },
    config: { ...file.config, ...own.config },
    secrets: { ...file.secrets, ...own.secrets },
    guestLogLevel: file.guestLogLevel,
    telemetry: file.telemetry,
    volumes: [...file.volumes.filter(({ guestPath }) => !Object.hasOwn(volumes, guestPath)), ...own.volumes],
    components: components === undefined ? file.components : own.components,
    routes: routes === undefined ? file.routes : own.routes,
    imports: [...file.imports.filter(({ name }) => !Object.hasOwn(imports, name)), ...own.imports],
    limits: { ...file.limits, ...chosen },
    allowedHosts: allowedHosts == null ? file.allowedHosts : own.allowedHosts,
    httpClientTrustRoots: file.httpClientTrustRoots,
    httpClientCaPaths: file.httpClientCaPaths,
    maxConnections: file.maxConnections,
    maxOutboundHttpConnections: file.maxOutboundHttpConnections,
    httpConnectionWait: file.httpConnectionWait,
    instances: instances === undefined ? file.instances : own.instances,
    threads: threads === undefined ? file.threads : own.threads,
    requestTimeout: requestTimeout === undefined ? file.requestTimeout : own.requestTimeout,
    address: address === undefined ? file.address : own.address,
  };
}

/** The blobs of the file, and in place of them those that the options name. */
function blobsOverFile(
  { blobstore: file }: Settings,
  { blobstore: own, hostInterfaces }: Settings,
  options: Pick<HostOptions, 'blobstore' | 'hostInterfaces'>,
): BlobStores {
  const isOwn = options.blobstore !== undefined || saysStore(hostInterfaces, blobPackages);
  const { labels } = options.hostInterfaces == null ? file : own;
  return { ...(isOwn ? own : file), labels };
}
