import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { defineBackend } from '../../host/backend.ts';
import { HostError } from '../../host/index.ts';
import { backends } from '../../host/testing.ts';
import { describeBackends, hostTest } from '../../host/vitest.ts';
import { hostUrl } from '../support/host-url.ts';
import { component, root } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';

const counter = component('kv-counter');
const withHost = hostTest({ component: counter });
const circular: Record<string, unknown> = {};
circular.again = circular;

/** Calls with arguments that the types refuse. */
type Loose = Record<string, (...given: unknown[]) => unknown>;

withHost('a value that no key can hold is refused, also where it is not to be there', async ({ host }) => {
  const wrong = [
    undefined,
    () => 1,
    Symbol('a'),
    1n,
    Number.NaN,
    new Date(),
    new Map(),
    [undefined],
    circular,
  ];
  for (const value of wrong) {
    for (const expectation of [expect(host), expect(host).not]) {
      await expect(
        (expectation as unknown as Loose).toHaveEntry?.('counters', 'visits', value),
      ).rejects.toThrow(/^the value of toHaveEntry is .*\. Expected text, bytes, what JSON can say/);
    }
  }
});

withHost('what is no host, bucket, key, operation, answer or status is refused', async ({ host }) => {
  const answer = await host.fetch('/visits');
  await answer.clone().text();
  const pending = host.fetch('/visits');
  const on = (given: unknown): Loose => expect(given) as unknown as Loose;
  const calls: [() => unknown, RegExp][] = [
    [
      () => on(host.bucket('a')).toHaveEntry?.('k'),
      /^expect\(…\)\.toHaveEntry is a map|got a map. Expected a host/,
    ],
    [() => on(host).toHaveEntry?.('k'), /^the key of toHaveEntry is undefined/],
    [() => on(host).toHaveEntry?.(5, 'k'), /^the bucket of toHaveEntry is 5, a number/],
    [
      () => on(answer).toHaveOperation?.({ op: 'get' }),
      /^expect\(…\)\.toHaveOperation got an instance of Response/,
    ],
    [() => on(host).toHaveOperation?.({}), /^toHaveOperation got an empty map\. Expected at least one field/],
    [() => on(host).toHaveOperation?.({ op: undefined }), /^toHaveOperation got a map without a value/],
    [
      () => (expect(host).not as unknown as Loose).toHaveOperation?.({ op: undefined, key: undefined }),
      /^toHaveOperation got a map without a value\. Expected at least one field/,
    ],
    [() => on(host).toHaveOperation?.('get'), /^toHaveOperation got "get"/],
    [
      () => on(host).toHaveOperation?.({ oop: 'get' }),
      /^toHaveOperation: no operation has oop\. Did you mean op\?/,
    ],
    [
      () => on(host).toHaveOperation?.({ op: 'gett' }),
      /^the op of toHaveOperation is "gett"\. Expected one of open/,
    ],
    [
      () => on(host).toHaveOperation?.({ size: '1' }),
      /^the size of toHaveOperation is "1"\. Expected a number/,
    ],
    [
      () => on(host).toHaveOperation?.({ key: 5 }),
      /^the key of toHaveOperation is 5, a number\. Expected text/,
    ],
    [() => on(answer).toHaveStatus?.('200'), /^toHaveStatus got "200"\. Expected a status from 100 to 599/],
    [() => on(answer).toHaveStatus?.(20), /^toHaveStatus got 20, a number/],
    [() => on(answer).toHaveStatus?.(), /^toHaveStatus got undefined/],
    [() => on(pending).toHaveStatus?.(200), /got a promise, which has to be awaited\. Expected an ans/],
  ];
  for (const [call, message] of calls) {
    const error: unknown = await (async () => await call())().then(
      () => 'it passed',
      (thrown: unknown) => thrown,
    );
    expect(error, String(error)).toBeInstanceOf(HostError);
    expect((error as HostError).message).toMatch(message);
  }
  await (await pending).text();
});

withHost('matchers of the runner may stand for values', async ({ host }) => {
  await host.bucket('carts').set('a', '{"items":[1,2],"by":"ann"}');
  await expect(host).toHaveEntry('carts', 'a', expect.stringContaining('ann'));
  await expect(host).toHaveEntry('carts', 'a', expect.objectContaining({ by: 'ann' }));
  await expect(host).toHaveEntry('carts', 'a', { items: [1, expect.any(Number)], by: 'ann' });
  await expect(host).not.toHaveEntry('carts', 'a', { items: [1, expect.any(String)], by: 'ann' });
  await (await host.fetch('/visits')).text();
  expect(host).toHaveOperation({ op: 'increment', milliseconds: expect.any(Number), error: undefined });
  expect(host).toHaveOperation({ op: 'increment', key: undefined });
  const within = expect(host).not as unknown as Loose;
  expect(() => within.toHaveOperation?.({ op: 'increment', key: undefined })).toThrow('such an operation');
  expect(host).not.toHaveOperation({ op: 'increment', error: expect.any(String) });
});

test('hostTest and describeBackends refuse what they can not test', async () => {
  expect(() => hostTest({ component: counter, keyvalues: {} } as never)).toThrow(
    /^hostTest: keyvalues is not a known option\. Did you mean keyvalue\?/,
  );
  const wrongLives: [unknown, RegExp][] = [
    [{ scope: 'x' }, /^the second argument of hostTest: scope is "x".*Expected one of "file", "test"/],
    [{ scope: 5 }, /^the second argument of hostTest: scope is 5/],
    [{ scop: 'test' }, /^the second argument of hostTest: scop is not a known option\. Did you mean scope\?/],
    [5, /^the second argument of hostTest got 5, a number\. Expected how long a host lives/],
    [null, /^the second argument of hostTest got null\. Expected how long/],
    ['test', /^the second argument of hostTest got "test"/],
  ];
  for (const [life, message] of wrongLives) {
    const calling = () => hostTest({ component: counter }, life as never);
    expect(calling).toThrow(HostError);
    expect(calling).toThrow(message);
  }
  const describing = async (...given: unknown[]) =>
    await (describeBackends as unknown as (...given: unknown[]) => Promise<void>)(...given);
  const body = () => {};
  const calls: [unknown[], RegExp][] = [
    [[], /^describeBackends got undefined\. Expected a list of backends/],
    [['redis', { component: counter }, body], /^describeBackends got "redis"\. Expected a list of backends/],
    [[[], { component: counter }, body], /^describeBackends got no name of a backend/],
    [[['redsi'], { component: counter }, body], /^there is no backend "redsi"\. .*Did you mean redis\?/],
    [[['in_memory'], { component: counter }], /^the third argument of describeBackends is undefined/],
    [
      [['in_memory'], { componet: counter }, body],
      /describeBackends: componet is not a known option\. Did you/,
    ],
    [
      [['in_memory'], { component: counter, keyvalue: { a: { tll: 1 } } }, body],
      /keyvalue\.a\.tll .*Did you mean ttl/,
    ],
  ];
  for (const [given, message] of calls) {
    const error: unknown = await describing(...given).catch((thrown: unknown) => thrown);
    expect(error, String(error)).toBeInstanceOf(HostError);
    expect((error as HostError).message).toMatch(message);
  }
});

test('backends asks for names', async () => {
  const asking = backends as unknown as (...given: unknown[]) => Promise<unknown>;
  await expect(asking()).rejects.toThrow(
    'backends() got no name of a backend. Expected at least one of in_memory',
  );
  await expect(asking(['in_memory'])).rejects.toThrow(
    'backends() got a list. Expected names of backends, each an',
  );
  await expect(asking(5n)).rejects.toThrow('backends() got 5n, a bigint. Expected names');
});

const capabilities = {
  ...{ durable: false, shared: false, atomic: true, expiry: 'host', listing: 'ordered' },
  ...{ largestKey: 1, largestValue: 1 },
};
const options = { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } };
const definition = { name: 'mine', options, capabilities, connect() {} };

test.each([
  [
    undefined,
    /^defineBackend got undefined\. Expected the parts of a backend: name, options, capabilities, connect/,
  ],
  [{ ...definition, conect() {} }, /^defineBackend: conect is no part of a backend\. Did you mean connect\?/],
  [
    { ...definition, promises: capabilities },
    /^defineBackend: promises is called capabilities now; rename it$/,
  ],
  [{ ...definition, connect: 5 }, /^defineBackend: connect is 5, a number\. Expected a function/],
  [
    { ...definition, options: {} },
    /^defineBackend: options is a map\. Expected a schema that speaks Standard/,
  ],
  [{ ...definition, capabilities: undefined }, /^defineBackend: capabilities is undefined/],
  [
    { ...definition, capabilities: { ...capabilities, expiry: 'me' } },
    /capabilities\.expiry is "me"\. Expected "store" or/,
  ],
  [
    { ...definition, capabilities: { ...capabilities, atomc: true } },
    /capabilities\.atomc .*Did you mean atomic\?/,
  ],
])('defineBackend refuses %o', (given, message) => {
  expect(() => defineBackend(given as never)).toThrow(message);
  expect(() => defineBackend(given as never)).toThrow(HostError);
});

test('a matcher that nobody awaits fails the run where it does not hold', { timeout: 60_000 }, async () => {
  await using project = await Project.create({
    'forgotten.test.js': `
      import { expect } from ${JSON.stringify(join(root, 'node_modules/vitest/dist/index.js'))};
      import { hostTest } from ${JSON.stringify(hostUrl('vitest').href)};
      const test = hostTest({ component: ${JSON.stringify(counter)} });
      test('nothing is awaited', ({ host }) => {
        expect(host).toHaveEntry('counters', 'visits', '1');
      });`,
  });
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const run = promisify(execFile)(process.execPath, [vitest, 'run', '--root', project.folder], {
    env: { ...process.env, NO_COLOR: '1' },
  });
  const failed = (await run.catch((error: unknown) => error)) as { code: number; stderr: string };
  expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining('Unhandled')]);
});
