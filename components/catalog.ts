/** One `.wasm` that this folder builds. */
export interface Build {
  /** The folder of its workspace below `components/`, where it is another one. */
  readonly workspace?: string;
  /** File name without `.wasm`. */
  readonly name: string;
  /** The crate, which is also the folder. */
  readonly crate: string;
  /** Further crates of the workspace that it is made of. */
  readonly libraries?: readonly string[];
  readonly features?: readonly string[];
  /** A profile of the workspace; `release` unless told. */
  readonly profile?: string;
  /** Further flags for rustc. */
  readonly flags?: readonly string[];
}

export const builds: readonly Build[] = [
  { name: 'http-kv-handler', crate: 'http-kv-handler', libraries: ['guest-http'] },
  { name: 'http-kv-wstd', crate: 'http-kv-wstd' },
  { name: 'workers-kv', crate: 'workers-kv', libraries: ['guest-http'] },
  { name: 'kv-counter', crate: 'kv-counter', libraries: ['guest-http'] },
  { name: 'durable-object', crate: 'durable-object', libraries: ['guest-http'] },
  { name: 'kv-probe-draft', crate: 'kv-probe', libraries: ['guest-http'] },
  { name: 'kv-probe-draft2', crate: 'kv-probe', libraries: ['guest-http'], features: ['draft2'] },
  {
    name: 'misbehave',
    crate: 'misbehave',
    libraries: ['guest-http'],
    profile: 'named',
    // 512 MiB, so that it can run out of memory on any machine, and soon.
    flags: ['-Clink-arg=--max-memory=536870912'],
  },
  {
    name: 'improvise',
    crate: 'improvise',
    libraries: ['guest-http'],
    // 64 MiB, so that thousands of programs that take all can be run.
    flags: ['-Clink-arg=--max-memory=67108864'],
  },
  { name: 'kv-race', crate: 'kv-race', libraries: ['guest-http'] },
  { name: 'hoarder', crate: 'hoarder', libraries: ['guest-http'] },
  { name: 'files', crate: 'files', libraries: ['guest-http'] },
  { name: 'hello', crate: 'hello', libraries: ['guest-http'] },
  { name: 'bench', crate: 'bench', libraries: ['guest-http'] },
  { workspace: 'wasi-0.3', name: 'hello-async', crate: 'hello-async' },
  { workspace: 'wasi-0.3', name: 'http-kv-async', crate: 'http-kv-async' },
  { workspace: 'wasi-0.3', name: 'kv-probe-async', crate: 'kv-probe-async' },
  { workspace: 'linked', name: 'pricing', crate: 'pricing', libraries: ['price-list'], profile: 'named' },
  {
    workspace: 'linked',
    name: 'storefront',
    crate: 'storefront',
    libraries: ['../guest-http'],
    profile: 'named',
  },
  {
    workspace: 'linked',
    name: 'storefront-alone',
    crate: 'storefront-alone',
    libraries: ['../guest-http', 'price-list'],
    profile: 'named',
  },
  { workspace: 'wasi-0.3', name: 'misbehave-async', crate: 'misbehave-async', profile: 'named' },
  { workspace: 'blobs', name: 'blob-probe', crate: 'blob-probe' },
  { workspace: 'blobs', name: 'blob-probe-async', crate: 'blob-probe-async' },
  { workspace: 'postgres', name: 'postgres-probe', crate: 'postgres-probe' },
  { workspace: 'postgres', name: 'postgres-probe-async', crate: 'postgres-probe-async' },
  { workspace: 'outgoing', name: 'forward', crate: 'forward' },
  { workspace: 'outgoing', name: 'forward-async', crate: 'forward-async' },
  { workspace: 'messaging', name: 'listener', crate: 'listener' },
  {
    workspace: 'messaging',
    name: 'messenger',
    crate: 'messenger',
    libraries: ['../guest-http'],
    profile: 'named',
  },
  { workspace: 'watching', name: 'watcher', crate: 'watcher', profile: 'named' },
  { workspace: 'messaging', name: 'messenger-async', crate: 'messenger-async', profile: 'named' },
  { workspace: 'labels', name: 'label-probe', crate: 'label-probe', libraries: ['../guest-http'] },
  { workspace: 'labels', name: 'label-probe-async', crate: 'label-probe-async' },
  {
    workspace: 'imports',
    name: 'checkout',
    crate: 'checkout',
    libraries: ['../guest-http'],
    profile: 'named',
  },
  { workspace: 'imports', name: 'checkout-async', crate: 'checkout-async', profile: 'named' },
  { workspace: 'serving', name: 'greeter', crate: 'greeter' },
  { workspace: 'serving', name: 'signed', crate: 'signed' },
  { workspace: 'serving', name: 'ticker', crate: 'ticker' },
  { workspace: 'telemetry', name: 'vault', crate: 'vault', profile: 'named' },
  { workspace: 'telemetry', name: 'traced', crate: 'traced' },
  { workspace: 'telemetry', name: 'labelled', crate: 'labelled' },
  { workspace: 'commands', name: 'sockets', crate: 'sockets', profile: 'named' },
  { workspace: 'commands', name: 'sockets-async', crate: 'sockets-async', profile: 'named' },
  { workspace: 'commands', name: 'tool', crate: 'tool', profile: 'named' },
  { workspace: 'commands', name: 'tool-async', crate: 'tool-async', profile: 'named' },
];

/** Where the `.wasm` lies, below this folder. */
export function wasmPath({ workspace, crate, name }: Build): string {
  return `${workspace === undefined ? '' : `${workspace}/`}${crate}/${name}.wasm`;
}
