/**
 * Keys that are read and checked but change nothing yet, with what is missing. `*` stands for any key or
 * index. Delete a line when the feature lands: nothing else refers to it.
 */
export const KEYS_NOT_SERVED: Readonly<Record<string, string>> = {
  'dev.environment': 'the variables are not set; set them before kvasi starts',
  'dev.components': 'only the main component runs',
  'dev.host_interfaces': 'the component gets what it imports, without this configuration',
  'dev.host_plugins': 'plugins are not loaded',
  'dev.service': 'the component answers HTTP requests only',
  'dev.service_file': 'services are not run',
  'dev.service_image': 'services are not run',
  'dev.service_pull_policy': 'services are not run',
  'dev.service_ports': 'services are not run',
  'dev.allow_insecure_registries': 'nothing is pulled from registries',
  'dev.tls_cert_path': 'the server speaks plain HTTP',
  'dev.tls_key_path': 'the server speaks plain HTTP',
  'dev.tls_ca_path': 'the server speaks plain HTTP',
  'dev.http_client_ca_paths': 'outbound HTTP is denied',
  'dev.http_client_trust_roots': 'outbound HTTP is denied',
  'dev.http_connection_wait': 'outbound HTTP is denied',
  'dev.max_connections': 'outbound HTTP is denied',
  'dev.max_outbound_http_connections_per_workload': 'outbound HTTP is denied',
  'dev.max_outbound_socket_connections_per_workload': 'sockets are denied',
  'dev.max_inbound_socket_connections_per_workload': 'sockets are denied',
  'dev.wasi_blobstore_path': 'wasi:blobstore is not provided',
  'dev.postgres_url': 'wasmcloud:postgres is not provided',
  'dev.wasi_webgpu': 'wasi:webgpu is not provided',
  'dev.wasi_otel': 'wasi:otel is not provided',
  'dev.wasm_proposals': 'WebAssembly proposals are those of this Node',
  'workload.allowedHosts': 'outbound HTTP is denied to every host',
  'workload.allowedIpNameLookups': 'sockets are denied',
  'workload.allowedHostLoopbackPorts': 'sockets are denied',
};

/** A key that was set without effect. */
export interface KeyNotServed {
  readonly path: readonly (string | number)[];
  readonly missing: string;
}

/** Which of the keys in {@link KEYS_NOT_SERVED} a file sets to something. */
export function keysNotServed(data: unknown): KeyNotServed[] {
  return Object.entries(KEYS_NOT_SERVED).flatMap(([pattern, missing]) =>
    matches(data, pattern.split('.'), []).map((path) => ({ path, missing })),
  );
}

function matches(value: unknown, [step, ...rest]: string[], path: readonly string[]): (readonly string[])[] {
  if (step === undefined) return asksForSomething(value) ? [path] : [];
  if (typeof value !== 'object' || value === null) return [];
  if (step !== '*') {
    return Object.hasOwn(value, step)
      ? matches((value as Record<string, unknown>)[step], rest, [...path, step])
      : [];
  }
  return Object.entries(value).flatMap(([key, child]) => matches(child, rest, [...path, key]));
}

// `false`, `[]`, `{}` and nothing ask for what happens anyway.
function asksForSomething(value: unknown): boolean {
  if (value === null || value === undefined || value === false) return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
