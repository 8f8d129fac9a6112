/** What the published types take and refuse: compiled by tests, never run. */
import {
  type ChangeableOptions,
  createHost,
  type Host,
  HostError,
  type HostErrorCode,
  type HostOptions,
} from 'kvasi';
import {
  addToCounter,
  type Bucket,
  type CounterType,
  defineBackend,
  StoreError,
  type StoreErrorCase,
} from 'kvasi/backend';
import {
  backends,
  explore,
  type Fault,
  type HostOperation,
  type KeyvalueRule,
  startHost,
  type TestHostOptions,
} from 'kvasi/testing';

const component = 'app.wasm';

export async function right(): Promise<void> {
  await using host = await startHost({
    component: new URL('app.wasm', 'file:///tmp/'),
    keyvalue: {
      default: 'sqlite',
      a: 'deny',
      b: './my-backend.ts',
      c: '../my-backend.ts',
      d: '/srv/my-backend.ts',
      e: '~/my-backend.ts',
      f: 'file:///srv/my-backend.ts',
      g: { backend: 'redis', url: 'redis://127.0.0.1:6379', prefix: 'p', ttl: '60s', counters: 'wash' },
      h: { backend: 'filesystem', path: 'data', ttl: 60_000 },
      i: { backend: './my-backend.ts', ttl: '1s', table: 'carts', nested: { deep: true } },
      j: { backend: 'in_memory' },
    },
    hostInterfaces: [
      { namespace: 'wasi', package: 'keyvalue', name: 'cache', config: { backend: 'in-memory' } },
    ],
    clock: '2026-01-01T00:00:00Z',
    imports: {
      'acme:payments/api': { charge: async (card: string) => card },
      'acme:payments/ledger': './ledger.ts',
    },
    requestTimeout: 500,
    limits: { memory: '64MiB' },
    instances: 'reuse',
  });
  const response = await host.fetch('/a', { method: 'POST', headers: { a: 'b' }, body: Uint8Array.of(1) });
  const status: number = response.status;
  const text: string = await response.text();
  const part = (await response.body?.getReader().read())?.value;
  await host.fetch(new Request('http://localhost/', { signal: AbortSignal.timeout(status) }));
  await host.fetch(new URL('http://localhost/'));
  host.faults.add({ op: ['get', 'list-keys'], error: 'other', key: /^a/, delay: ['1ms', 5] });
  host.faults.add({
    import: 'acme:payments/api',
    function: /^charge/,
    error: 'declined',
    message: 'no money',
    times: 1,
  });
  host.clock.set('2026-01-01');
  host.clock.set(new Date());
  host.clock.set(Date.now());
  const ops: readonly HostOperation['op'][] = host.operations().map(({ op }) => op);
  const bytes: Uint8Array | undefined = await host.bucket('a').get('k');
  await host.bucket('a', { label: 'cache' }).set('k', 'v');
  host.faults.add({ label: 'cache', error: 'other' });
  const found = await explore({
    component,
    requests: ['/a', ['/a', { method: 'POST' }], () => new Request('http://localhost/a')],
    check: async (_host, [first]) => first?.status === 200,
  });
  const count: number = found.interleavings;
  for await (const backend of await backends('in_memory', 'redis')) {
    const options: TestHostOptions = { component, keyvalue: { default: { ...(await backend.entry()) } } };
    await startHost(options);
  }
  const chosen = (name: 'sqlite' | 'in_memory'): KeyvalueRule => ({ backend: name });
  console.log(text, part, ops, bytes, count, chosen);
}

export async function wrong(): Promise<void> {
  // @ts-expect-error it has no such option
  await startHost({ component, keyvalues: {} });
  // @ts-expect-error no backend has that name
  await startHost({ component, keyvalue: { default: 'sqlit' } });
  // @ts-expect-error no backend has that name
  await startHost({ component, keyvalue: { default: { backend: 'sqlit' } } });
  // @ts-expect-error a backend without a place has no URL
  await startHost({ component, keyvalue: { default: { backend: 'in_memory', url: 'redis://x' } } });
  // @ts-expect-error it is called ttl
  await startHost({ component, keyvalue: { default: { backend: 'sqlite', tll: '60s' } } });
  // @ts-expect-error it is no moment
  await startHost({ component, clock: 'noon' });
  // @ts-expect-error it is no text
  await startHost({ component, environment: { A: 1 } });
  // @ts-expect-error it is called memory
  await startHost({ component, limits: { memry: 1 } });
  // @ts-expect-error it needs options
  const host = await startHost();
  // @ts-expect-error it is no operation
  host.faults.add({ op: 'nope', error: 'other' });
  // @ts-expect-error it is no operation
  host.faults.add({ op: ['get', 'nope'], error: 'other' });
  // @ts-expect-error it is no error
  const fault: Fault = { op: 'get', error: 'oter' };
  // @ts-expect-error it is called bucket
  host.faults.partition({ buckets: 'a' });
  // @ts-expect-error it is no value
  await host.bucket('a').set('k', 5);
  // @ts-expect-error it is no moment
  host.clock.set('noon');
  // @ts-expect-error it is called method
  await host.fetch('/', { methd: 'POST' });
  // @ts-expect-error no operation has that name
  host.operations().filter(({ op }) => op === 'gett');
  // @ts-expect-error no backend has that name
  await backends('redsi');
  // @ts-expect-error something has to be checked
  await explore({ component, requests: ['/'] });
  console.log(fault);
}

export async function rightHost(): Promise<void> {
  const options: HostOptions = {
    component: new URL('app.wasm', 'file:///tmp/'),
    keyvalue: {
      default: 'sqlite',
      a: 'no-such-store',
      b: './my-backend.ts',
      c: { backend: 'redis', url: 'redis://127.0.0.1:6379', seed: 'seed.jsonl' },
      d: { backend: 'file:///srv/my-backend.ts', table: 'carts', seed: 'seed.jsonl' },
    },
    config: '.wash/config.yaml',
    requestTimeout: 500,
    limits: { memory: '64MiB', connections: 10 },
    threads: 2,
    address: 'localhost:0',
  };
  await using host: Host = await createHost(options);
  host
    .on('request', ({ status, operations }) => console.log(status.toFixed(), operations[0]?.op === 'get'))
    .once('print', ({ stream, bytes }) => console.log(stream === 'stderr', bytes.length))
    .on('warning', (text) => console.log(text.length))
    .on('fault', (error) => console.log(error instanceof HostError, error.cause));
  const { url } = await host.listen();
  const text: string = await (await host.fetch('/', { method: 'POST', body: url })).text();
  const change: ChangeableOptions = { environment: { A: text }, keyvalue: { a: 'in_memory' } };
  await host.setOptions(change);
  await host.replace(new URL('file:///tmp/app.wasm'));
  const codeOf = (error: HostError): HostErrorCode => error.code;
  const caseOf = (error: StoreError): StoreErrorCase => error.case;
  const grow = (bucket: Bucket, type: CounterType) => bucket.increment('n', 1n, type);
  console.log(codeOf, caseOf, grow, addToCounter, defineBackend, StoreError);
}

export async function wrongHost(): Promise<void> {
  // @ts-expect-error it has no such option
  await createHost({ component, keyvalues: {} });
  // @ts-expect-error no backend has that name
  await createHost({ component, keyvalue: { default: 'sqlit' } });
  // @ts-expect-error no backend has that name
  await createHost({ component, keyvalue: { default: { backend: 'sqlit' } } });
  // @ts-expect-error it is called seed
  await createHost({ component, keyvalue: { default: { backend: 'sqlite', sed: 'a.jsonl' } } });
  // @ts-expect-error only a test has a clock
  await createHost({ component, clock: 'frozen' });
  // @ts-expect-error in a test it has no effect
  await startHost({ component, keyvalue: { default: { backend: 'sqlite', seed: 'a.jsonl' } } });
  const host = await createHost({ component });
  // @ts-expect-error there is no such event
  host.on('requests', () => {});
  // @ts-expect-error it is a number
  host.on('request', ({ status }) => status.trim());
  // @ts-expect-error it can't be changed
  await host.setOptions({ limits: {} });
  // @ts-expect-error it is called method
  await host.fetch('/', { methd: 'POST' });
  // @ts-expect-error no error has that code
  const code: HostErrorCode = 'compnent';
  // @ts-expect-error what the rest of the library does with a host is no part of it
  const tested = async (options: TestHostOptions) => (await startHost(options)).send;
  console.log(code, tested);
}
