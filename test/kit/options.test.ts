import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HostError } from '../../host/index.ts';
import { kindOf } from '../../host/settings/shown-value.ts';
import { startHost, type TestHost } from '../../host/testing.ts';
import { component } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';

const counter = component('kv-counter');

/** What a call that has to fail fails with: an error that was written for its reader, and no other. */
async function messageOf(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    expect(error, String(error)).toBeInstanceOf(HostError);
    return (error as HostError).message;
  }
  throw new Error('it has to fail');
}

const start = (options: unknown) => async () => {
  await using _ = await startHost(options as Parameters<typeof startHost>[0]);
};
const withOption = (options: object) => start({ component: counter, ...options });

const throwing = (): never => {
  throw new Error('not now');
};
const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const circular: Record<string, unknown> = {};
circular.again = circular;

test.each([
  [{ clock: '2026-13-01' }, /clock is "2026-13-01"\. Expected "system", "frozen", a Date, or a moment/],
  [{ clock: '2026-02-30' }, /clock is "2026-02-30"/],
  [{ clock: 'frozn' }, /clock is "frozn"/],
  [{ clock: 5 }, /clock is 5, a number/],
  [{ clock: new Date('never') }, /clock is an instance of Date\. Expected/],
  [{ clock: new Date('1969-12-31') }, /Expected .* from 1970 to 2261/],
  [{ keyvalues: { counters: 'deny' } }, /keyvalues is not a known option\. Did you mean keyvalue\?/],
  [{ environment: { A: 1 } }, /environment\.A is a number\. Expected text/],
  [{ environment: { A: undefined } }, /environment\.A is empty\. Expected text/],
  [{ environment: { 'A=B': 'x' } }, /environment\["A=B"\].*a name without "="/],
  [{ environment: new Map([['A', '1']]) }, /environment is an instance of Map\. Expected a map of keys/],
  [{ environment: ['A=1'] }, /environment is a list\. Expected a map of keys/],
  [{ config: { a: Symbol('x') } }, /config\.a is a symbol\. Expected text/],
  [{ config: { a: '\ud800' } }, /config\.a has half of a surrogate pair/],
  [{ keyvalue: { default: 'redsi' } }, /keyvalue\.default is "redsi"\. Expected .*did you mean redis\?/],
  [{ keyvalue: { a: { backend: 'sqlit' } } }, /keyvalue\.a\.backend is "sqlit".*did you mean sqlite\?/],
  [{ keyvalue: { a: { ttl: '60s' } } }, /keyvalue\.a\.backend is missing/],
  [{ keyvalue: { a: { backend: 'sqlite', tll: '60s' } } }, /keyvalue\.a\.tll .*Did you mean ttl\?/],
  [{ keyvalue: { a: { backend: 'sqlite', url: 'x' } } }, /keyvalue\.a\.url has no effect on the backend/],
  [{ keyvalue: { a: { backend: 'redis', url: 'http://x' } } }, /keyvalue\.a\.url is "http:\/\/x"\. Expected/],
  [{ keyvalue: { a: { backend: 'sqlite', seed: 'x' } } }, /keyvalue\.a\.seed has no effect in a test/],
  [{ keyvalue: { a: { backend: 'in_memory', ttl: 'soon' } } }, /keyvalue\.a\.ttl is "soon"\. Expected a d/],
  [{ keyvalue: { a: 5 } }, /keyvalue\.a is 5, a number\. Expected a backend's name/],
  [{ keyvalue: { a: './none.ts' } }, /keyvalue\.a\.backend: .*none\.ts.* can't be loaded/],
  [{ keyvalue: 'deny' }, /keyvalue is "deny"\. Expected a map of identifiers/],
  [{ keyvalue: circular }, /keyvalue contains itself/],
  [{ volumes: { '/data': 5 } }, /volumes\["\/data"\] is 5, a number/],
  [{ instances: 'reused' }, /instances is "reused"\. Expected one of "fresh", "reuse"/],
  [{ requestTimeout: 'soon' }, /requestTimeout is "soon"\. Expected a duration/],
  [{ requestTimeout: 5n }, /requestTimeout is 5n, a bigint\. Expected a duration/],
  [{ limits: { memry: '64MiB' } }, /limits\.memry is not a known option\. Did you mean memory\?/],
  [{ limits: { memory: 'much' } }, /limits\.memory is "much"\. Expected a size/],
  [{ directory: '' }, /directory is ""\. Expected a path/],
  [{ seed: Number.NaN }, /seed is NaN, a number\. Expected a number or text/],
  [{ seed: {} }, /seed is a map\. Expected a number or text/],
  [{ component: 5 }, /component is 5, a number\. Expected the path of a component/],
  [{ component: new URL('https://example.org/a.wasm') }, /component is an instance of URL\. Expected/],
])('the mistake in %o is told', async (options, message) => {
  expect(await messageOf(withOption(options))).toMatch(new RegExp(`^startHost: .*${message.source}`));
});

test.each([
  ['a path', 'x.wasm', /^startHost got "x\.wasm"\. Expected options such as/],
  ['nothing', undefined, /^startHost got undefined\. Expected options such as/],
  ['null', null, /^startHost got null/],
  ['a list', [], /^startHost got a list/],
  ['no component', {}, /^startHost got no component\. Name its \.wasm as component\./],
  [
    'a getter that throws',
    {
      component: counter,
      get clock() {
        return throwing();
      },
    },
    /clock can't be read: not now/,
  ],
  [
    'a getter within',
    {
      component: counter,
      config: {
        get a() {
          return throwing();
        },
      },
    },
    /config\.a can't be read/,
  ],
  ['a proxy that throws', new Proxy({}, { ownKeys: throwing }), /can't be read: not now/],
  ['a revoked proxy', revoked(), /^startHost got something that can not be read\. Expected options/],
  ['a map of the language', new Map(), /^startHost got an instance of Map\. Expected options/],
  ['a revoked proxy within', { component: counter, environment: revoked() }, /environment can't be read/],
])('%s in place of options is told', async (_name, given, message) => {
  expect(await messageOf(start(given))).toMatch(message);
});

test('everything that is wrong is told at once', async () => {
  const message = await messageOf(
    withOption({ clock: 'noon', keyvalues: { counters: 'deny' }, environment: { A: 1 } }),
  );
  expect(message.split('\n')).toHaveLength(4);
});

test('options may come from anywhere: a class, another object, one without a prototype, the environment', async () => {
  class Options {
    component = counter;
    get clock() {
      return 'frozen' as const;
    }
  }
  await using ofClass = await startHost(new Options());
  const now = ofClass.clock.now();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(ofClass.clock.now()).toEqual(now);
  await using inherited = await startHost(
    Object.create({ component: counter, keyvalue: { counters: 'deny' } }),
  );
  expect((await inherited.fetch('/visits')).status).toBe(500);
  const bare = Object.assign(Object.create(null), {
    component: counter,
    environment: process.env,
    seed: undefined,
  });
  await using _ = await startHost(bare);
});

test('a component is named by its path or the URL of its file, as text or not', async () => {
  const url = pathToFileURL(counter);
  for (const named of [url, url.href]) {
    await using host = await startHost({ component: named });
    expect((await host.fetch('/visits')).status).toBe(200);
  }
});

test('what the caller does with the options later changes nothing', async () => {
  const clock = new Date('2030-01-01T00:00:00Z');
  await using host = await startHost({ component: counter, clock });
  clock.setUTCFullYear(1999);
  await host.reset();
  expect(host.clock.now().toISOString()).toBe('2030-01-01T00:00:00.000Z');
});

test.each(['2026-01-01', '2026-01-01T00:00:00Z', '2026-01-01T02:00+02:00', new Date('2026-01-01')] as const)(
  'the clock may stand at %s, at the start and later',
  async (moment) => {
    await using host = await startHost({ component: counter, clock: moment });
    expect(host.clock.now().toISOString()).toBe('2026-01-01T00:00:00.000Z');
    host.clock.advance('1d');
    host.clock.set(moment);
    expect(host.clock.now().toISOString()).toBe('2026-01-01T00:00:00.000Z');
  },
);

test('a module says at the start what of its options is wrong', async () => {
  const schema = `{ '~standard': { version: 1, vendor: 'test', validate: (value) =>
    'size' in value ? { issues: [{ message: 'no size', path: ['size'] }] } : { value } } }`;
  await using project = await Project.create({
    'mine.mjs': `export default { name: 'mine', options: ${schema}, capabilities: {}, connect() {} };`,
  });
  const rule = (options: object) =>
    withOption({ directory: project.folder, keyvalue: { a: { backend: './mine.mjs', ...options } } });
  expect(await messageOf(rule({ size: 1 }))).toBe("startHost: keyvalue.a.size can't be used: no size");
  expect(await messageOf(rule({ hook: () => {} }))).toMatch(
    /^startHost: keyvalue\.a\.hook is a function, which can't be given to another thread/,
  );
});

let host: TestHost;
beforeAll(async () => {
  host = await startHost({ component: counter });
});
afterAll(() => host.close());

/** Calls a method with what its type does not take; named after that. */
function call(on: () => object, method: string, ...given: unknown[]): () => Promise<unknown> {
  const calling = async () =>
    await (on() as Record<string, (...given: unknown[]) => unknown>)[method]?.(...given);
  return Object.defineProperty(calling, 'name', { value: `${method}(${given.map(kindOf).join(', ')})` });
}
const bucket = () => host.bucket('counters');

test.each([
  [
    call(bucket, 'set', 'a', 5),
    /^the value of "a" for bucket\.set is 5, a number\. Expected text or a Uint8Arr/,
  ],
  [call(bucket, 'set', 'a', { a: 1 }), /is a map\. Expected text or a Uint8Array/],
  [call(bucket, 'set', 'a'), /is undefined\./],
  [call(bucket, 'set', 'a', '\udc00'), /half of a surrogate pair/],
  [call(bucket, 'set', 5, 'a'), /^the key of bucket\.set is 5, a number\. Expected text\.$/],
  [call(bucket, 'get'), /^the key of bucket\.get is undefined/],
  [call(bucket, 'getText', null), /^the key of bucket\.get is null/],
  [call(bucket, 'getJson', {}), /^the key of bucket\.get is a map/],
  [call(bucket, 'delete', Symbol('a')), /^the key of bucket\.delete is a symbol/],
  [call(bucket, 'exists', 1n), /^the key of bucket\.exists is 1n, a bigint/],
  [call(bucket, 'increment', undefined), /^the key of bucket\.increment is undefined/],
  [
    call(bucket, 'increment', 'a', 1.5),
    /^the number of bucket\.increment is 1\.5, a number\. Expected a whole/,
  ],
  [call(bucket, 'increment', 'a', '1'), /is "1"\. Expected a whole number/],
  [call(bucket, 'increment', 'a', 2n ** 63n), /9223372036854775808n, a bigint\. Expected/],
  [call(() => host, 'bucket'), /^the identifier of host\.bucket is undefined\. Expected text/],
  [call(() => host, 'bucket', ['a']), /^the identifier of host\.bucket is a list/],
  [
    call(() => host.clock, 'set', '2026'),
    /^clock\.set got "2026"\. Expected a Date, milliseconds since 1970, or/,
  ],
  [call(() => host.clock, 'set', Number.NaN), /^clock\.set got NaN, a number/],
  [call(() => host.clock, 'set', new Date('2300-01-01')), /^clock\.set got an instance of Date.* to 2261/],
  [call(() => host.clock, 'set', 5n), /^clock\.set got 5n, a bigint/],
  [call(() => host.clock, 'advance'), /^clock\.advance got undefined\. Expected a duration/],
  [call(() => host.clock, 'advance', 5n), /^clock\.advance got 5n, a bigint/],
  [call(() => host.clock, 'advance', { toString: throwing }), /^clock\.advance got a map/],
  [call(() => host.clock, 'advance', -1), /^clock\.advance got -1, a number/],
  [call(() => host, 'listen', 8080), /^host\.listen got 8080, a number\. Expected host:port/],
  [call(() => host, 'listen', 'localhost'), /^host\.listen got "localhost"\. Expected host:port/],
  [call(() => host, 'restore', 'x'), /^host\.restore got "x"\. Expected what host\.snapshot\(\) answers/],
  [
    () => call(() => host, 'restore', host.snapshot())(),
    /^host\.restore got a promise, which has to be awaited/,
  ],
  [call(() => host, 'fetch'), /^host\.fetch got undefined\. Expected a path such as "\/visits"/],
  [call(() => host, 'fetch', { path: '/' }), /^host\.fetch got a map\. Expected a path/],
  [call(() => host, 'fetch', 'http://'), /^host\.fetch got "http:\/\/"\. Expected a path/],
  [call(() => host, 'fetch', 'ftp://example.org/'), /^host\.fetch got "ftp:\/\/example\.org\/"\. Expected/],
  [call(() => host, 'fetch', revoked()), /^host\.fetch can't make a request of this/],
  [
    call(() => host, 'fetch', '/', 'POST'),
    /^the second argument of host\.fetch is "POST"\. Expected settings/,
  ],
  [
    call(() => host, 'fetch', '/', { methd: 'PUT' }),
    /^host\.fetch: "methd" is no setting.*Did you mean method\?/,
  ],
  [
    call(() => host, 'fetch', '/', { method: 'POST', body: { a: 1 } }),
    /^the body of host\.fetch is a map.*JSON/,
  ],
  [call(() => host, 'fetch', '/', { body: 'x' }), /^host\.fetch can't make a request of this: .*GET/],
  [call(() => host, 'fetch', '/', { headers: { 'a b': 'x' } }), /^host\.fetch can't make a request of this/],
  [
    call(() => host, 'fetch', '/', {
      get method() {
        return throwing();
      },
    }),
    /host\.fetch can't.*not now/,
  ],
  [call(() => host, 'fetch', '/', revoked()), /^host\.fetch can't make a request of this/],
])('%o says what it does not take', async (failing, message) => {
  expect(await messageOf(failing)).toMatch(message);
});

test('what is refused has changed nothing', async () => {
  await bucket().set('kept', 'v');
  await messageOf(call(() => host, 'restore', {}));
  expect(await bucket().getText('kept')).toBe('v');
});

test('a clock does not go beyond its end', async () => {
  await using own = await startHost({ component: counter, clock: '2200-01-01' });
  expect(() => own.clock.advance('36500d')).toThrow(/the clock of a host can't be at 2299-/);
  own.clock.advance('365d');
  expect(own.clock.now().getUTCFullYear()).toBe(2201);
});

test('a value that is no text or no JSON says whose it is', async () => {
  await bucket().set('bytes', Uint8Array.of(0xff));
  await bucket().set('text', '{');
  await expect(bucket().getText('bytes')).rejects.toThrow('the value of "bytes" is no UTF-8 text');
  await expect(bucket().getJson('text')).rejects.toThrow('the value of "text" is no JSON');
});

test('a path with two slashes is a path', async () => {
  await host.reset();
  const visit = async (target: string) => await (await host.fetch(target)).text();
  expect(await visit('//visits')).toBe('1\n');
  expect(await visit('http://localhost//visits')).toBe('2\n');
});

test('what the host refuses by itself is answered to its end', async () => {
  const response = await host.fetch('/', { headers: { 'x-long': 'x'.repeat(100_000) } });
  expect(response.status).toBe(431);
  expect(await response.text()).toContain('head');
});
