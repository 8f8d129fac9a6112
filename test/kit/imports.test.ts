import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createHost } from '../../host/index.ts';
import { explore, startHost, type TestHost, type TestHostOptions } from '../../host/testing.ts';
import { componentOf } from '../support/component.ts';
import { component } from '../support/kvasi-process.ts';
import * as payments from '../support/payments.ts';
import { Project } from '../support/project.ts';

const checkout = component('imports/checkout', 'checkout');
const checkoutAsync = component('imports/checkout-async', 'checkout-async');
const api = 'acme:payments/api';
const file = fileURLToPath(new URL('../support/payments.ts', import.meta.url));

const start = (module: unknown, options: Partial<TestHostOptions> = {}): Promise<TestHost> =>
  startHost({ component: checkout, imports: { [api]: module as object }, ...options });

const text = async (host: TestHost, path: string): Promise<string> => await (await host.fetch(path)).text();

describe.each([
  ['functions of the test', payments],
  ['a module that workers load', file],
])('%s', (_, module) => {
  test('answer with values of every shape, at once or later', async () => {
    await using host = await start(module);
    expect(await text(host, '/charge?card=c&cents=250&currency=usd&express=1')).toBe(
      'r-c 250 Currency::Usd Some("express") [1, 2] [("tea", -3)]\n',
    );
    expect(await text(host, '/charge?card=c')).toContain('Currency::Eur None');
    expect(await text(host, '/rate?currency=usd')).toBe('1.25\n');
  });

  test('fail with the errors of their types', async () => {
    await using host = await start(module);
    expect(await text(host, '/charge?card=stolen')).toBe('declined: it was stolen\n');
    expect(await text(host, '/charge?card=off')).toBe('unavailable\n');
    expect((await host.fetch('/open?owner=')).status).toBe(403);
    expect(await text(host, '/account?owner=a&deposits=1001')).toBe(
      'Refusal::TooMuch(Money { cents: 1000, currency: Currency::Eur })\n',
    );
  });

  test('have resources, which are theirs again when they are given back', async () => {
    await using host = await start(module);
    expect(await text(host, '/account?owner=Ann&deposits=5,7')).toBe('12 [5, 7] bye Ann\n');
    expect(await text(host, '/open?owner=Ann')).toBe('0\n');
    expect(await text(host, '/merge?owner=Ann')).toBe('42 0\n');
  });

  test('that throw what is no error of their types end one request, with what was wrong and where', async () => {
    await using host = await start(module);
    expect((await host.fetch('/charge?card=broken')).status).toBe(500);
    expect((await host.fetch('/charge?card=no-variant')).status).toBe(500);
    expect(await text(host, '/rate?currency=eur')).toBe('1\n');
    const [broken, other] = host.requests();
    expect(broken?.reason).toMatch(
      /acme:payments\/api: charge threw TypeError: the till is broken \(.*payments\.ts:\d+:\d+\)/,
    );
    expect(broken?.hostStack).toContain('at Module.charge');
    expect(other?.reason).toContain(
      'charge has a wrong error: error.tag is "decline". Expected "declined" or "too-much" or "unavailable". Did you mean declined?',
    );
  });

  test('that answer what is none of their types name the part and what is expected', async () => {
    await using host = await start(module);
    expect((await host.fetch('/charge?card=wrong')).status).toBe(500);
    expect(host.requests()[0]?.reason).toContain(
      'acme:payments/api: charge has a wrong answer: answer.paid.cents is 1, a number. Expected a bigint from 0n to',
    );
    expect(await text(host, '/rate')).toBe('1\n');
  });

  test('are among the operations of a request', async () => {
    await using host = await start(module);
    await host.fetch('/account?owner=Ann&deposits=5');
    await host.fetch('/charge?card=stolen');
    const told = host.operations().map((one) => `${one.import} ${one.function} ${one.error ?? ''}`.trim());
    expect(told).toEqual([
      `${api} account`,
      `${api} account.deposit`,
      `${api} history`,
      `${api} account.balance`,
      `${api} close`,
      `${api} charge declined: it was stolen`,
    ]);
    expect(host.requests()[1]?.operations[0]).toMatchObject({ interface: 'imports', op: 'call' });
  });

  test('get the faults of a test', async () => {
    await using host = await start(module);
    const fault = host.faults.add({
      import: api,
      function: 'charge',
      error: 'declined',
      message: 'no ink',
      times: 1,
    });
    expect(await text(host, '/charge?card=c')).toBe('declined: no ink\n');
    expect(await text(host, '/charge?card=c')).toContain('r-c');
    expect(fault.hits).toBe(1);
    host.faults.add({ function: /^account/, error: 'unavailable', after: 1 });
    expect(await text(host, '/account?owner=a&deposits=1')).toBe('Refusal::Unavailable\n');
    host.faults.clear();
    host.faults.add({ op: 'call', function: 'rate', error: 'nothing' });
    expect((await host.fetch('/rate')).status).toBe(500);
    expect(host.requests().at(-1)?.reason).toContain('rate failed: its type has no error "nothing"');
  });
});

test('functions of the test are called on what they belong to, with the state that the test sees', async () => {
  const shop = {
    charged: 0n,
    ...payments,
    charge(card: string, { cents }: { readonly cents: bigint }) {
      this.charged += cents;
      return { id: card, paid: { cents: this.charged, currency: 'eur' }, digest: [], lines: [] };
    },
  };
  await using host = await start(shop);
  await host.fetch('/charge?cents=5&calls=3');
  expect(shop.charged).toBe(15n);
});

test('resources are disposed of: when they are dropped, and at the end of the request that has left them', async () => {
  await using host = await start(payments);
  const before = { ...payments.accounts };
  await host.fetch('/merge?owner=a');
  await host.fetch('/leave?owner=a');
  await host.fetch('/rate');
  await expect.poll(() => payments.accounts.disposed - before.disposed).toBe(4);
  expect(payments.accounts.made - before.made).toBe(4);
});

const unreadable = new Proxy(
  {},
  {
    get: () => {
      throw new Error('no part of it');
    },
    getPrototypeOf: () => {
      throw new Error('no kind of it');
    },
    getOwnPropertyDescriptor: () => {
      throw new Error('not even its names');
    },
  },
);
const withGetter = (name: string): Error =>
  Object.defineProperty(new Error('told'), name, {
    get: () => {
      throw new Error(`no ${name}`);
    },
  });
const withStack = Object.assign(new Error('told'), { stack: { frames: 1 } });

test.each<[string, unknown, string]>([
  ['a proxy', unreadable, "threw what can't be read: Error: not even its names"],
  ['an error whose payload throws', withGetter('payload'), "threw what can't be read: Error: no payload"],
  [
    'an error whose message throws',
    withGetter('message'),
    'threw Error: something without a text was thrown',
  ],
  ['an error whose stack throws', withGetter('stack'), 'threw Error: told'],
  ['an error whose name throws', withGetter('name'), 'threw Error: told'],
  ['an error whose stack is no text', withStack, 'threw Error: told'],
  ['a message beyond reading', new Error('x'.repeat(1_000_000)), `threw Error: ${'x'.repeat(1024)}…`],
])('what a function throws ends one request with the name of the function: %s', async (_, thrown, why) => {
  const rate = (): number => {
    throw thrown;
  };
  await using host = await start({ ...payments, rate });
  expect((await host.fetch('/rate?currency=eur')).status).toBe(500);
  expect((await host.fetch('/charge?card=c')).status).toBe(200);
  const [first] = host.requests();
  expect(first?.reason).toContain(`acme:payments/api: rate ${why}`);
  expect(first?.reason?.length).toBeLessThan(4000);
  expect(first?.hostStack?.length ?? 0).toBeLessThan(40_000);
});

test('a function that never answers is given up with its request', async () => {
  await using host = await start({ ...payments, rate: () => new Promise(() => {}) }, { requestTimeout: 300 });
  expect((await host.fetch('/rate')).status).toBe(504);
  expect(await text(host, '/charge?card=c')).toContain('r-c');
});

test('what does not fit is told at the start, with the signatures that are expected', async () => {
  class Account {
    balance(): bigint {
      return 0n;
    }
    deposit(_first: unknown, _second: unknown): bigint {
      return 0n;
    }
  }
  const wrong = { ...payments, Account, charge: 5, rate: undefined, rates: () => 1 };
  await expect(start(wrong)).rejects.toMatchObject({ code: 'usage' });
  const message = await start(wrong).then(String, ({ message: said }: Error) => said);
  expect(message).toContain(
    `startHost: imports["${api}"] does not fit acme:payments/api@1.0.0, which is imported:`,
  );
  for (const line of [
    'There is no function Account.open. Expected: export class Account { static open(owner: string): Account | Promise<Account> }',
    'Account.deposit takes 2 parameters, and gets 1. Expected: export class Account { deposit(amount: Money): bigint | Promise<bigint> }, which throws Refusal',
    'charge is 5, a number, and no function. Expected: export function charge(card: string, amount: Money, options: Options): Receipt | Promise<Receipt>, which throws Refusal',
    'There is no function rate. It has rates; is that the one? Expected: export function rate(of: Currency): number | Promise<number>',
  ])
    expect(message).toContain(line);
});

test('a module that can not be loaded is told with the place in it', async () => {
  await using project = await Project.create({
    'enum.ts': 'export function rate() {\n  enum A { b }\n}\n',
    'syntax.mjs': 'export function rate() {\n  return 1 +* 2;\n}\n',
    'throws.ts': 'const none: unknown[] = [];\n(none[0] as Date).getTime();\n',
  });
  const directory = project.folder;
  const saying = async (module: string): Promise<string> =>
    await start(module, { directory }).then(String, ({ code, message }) => `${code} ${message}`);
  expect(await saying('./none.ts')).toMatch(
    /^config .*imports\["acme:payments\/api"\] names .*none\.ts, which does not exist\./,
  );
  expect(await saying('./enum.ts')).toMatch(/can't be loaded: SyntaxError: TypeScript enum .*enum\.ts:2:3\)/);
  expect(await saying('./syntax.mjs')).toMatch(/can't be loaded: SyntaxError: .*syntax\.mjs:2:13\)/);
  expect(await saying('./throws.ts')).toMatch(/can't be loaded: TypeError: .*throws\.ts:2:19\)/);
  expect(await saying('./payments.wasm')).toContain(
    'Expected a module: a file that ends in .ts, .js or .mjs.',
  );
});

test('what a module throws where nobody waits for it is told, and ends nothing', async () => {
  await using project = await Project.create({
    'stray.ts': `export * from ${JSON.stringify(file)};
export function rate(): number {
  setTimeout(() => { throw new Error('from a timer'); });
  Promise.reject(new Error('from a promise'));
  return 2;
}
`,
  });
  await using host = await start('./stray.ts', { directory: project.folder });
  expect(await text(host, '/rate')).toBe('2\n');
  await expect.poll(() => host.output()).toMatch(/from a timer \(.*stray\.ts:3:\d+\)/);
  expect(host.output()).toContain('from a promise');
  expect(await text(host, '/rate')).toBe('2\n');
  expect(host.output()).not.toContain('broke down');
});

test('an interface that kvasi serves, and a name that is none, are refused', async () => {
  const imports = { [api]: payments, 'wasi:http/types': {} };
  await expect(startHost({ component: checkout, imports })).rejects.toThrow(
    'wasi:http/types@0.2.12: kvasi serves it; remove startHost: imports["wasi:http/types"]',
  );
  await expect(start(payments, { imports: { 'acme payments': {} } })).rejects.toThrow(
    'startHost: imports has "acme payments". Expected an interface such as "acme:payments/api"',
  );
  await expect(startHost({ component: checkout })).rejects.toThrow(
    "no package acme:payments is provided; a module can serve it: dev.imports: { 'acme:payments/api': ./module.ts }",
  );
});

test('two versions of an interface are one too many for modules', async () => {
  await using project = await Project.create({
    'two.wasm': await componentOf(`package acme:shop@1.0.0;
      world it { import acme:two/api@1.0.0; import acme:two/api@2.0.0; }
      package acme:two@1.0.0 { interface api { a: func(); } }
      package acme:two@2.0.0 { interface api { a: func(); } }`),
  });
  const imports = { 'acme:two/api': { a() {} } };
  await expect(startHost({ component: 'two.wasm', directory: project.folder, imports })).rejects.toThrow(
    'acme:two/api@2.0.0: acme:two/api@1.0.0 is imported too, and modules can serve one version of an interface only',
  );
});

test('what is named for an import goes before a component that exports it', async () => {
  const quotes = {
    Basket: class {
      add(): number {
        return 1;
      }
      total(): bigint {
        return 1n;
      }
    },
    price: (item: string, count: number) => ({ item, count, cents: 7n }),
    checkout: () => 'bye',
    sum: () => 0n,
  };
  await using host = await startHost({
    component: component('linked/storefront', 'storefront'),
    components: [{ name: 'pricing', file: component('linked/pricing', 'pricing') }],
    imports: { 'acme:pricing/quotes': quotes },
  });
  expect(await text(host, '/quote?item=tea&count=2')).toBe('2 tea: 7\n');
  expect(await text(host, '/served')).toBe('0\n');
});

test('explore orders their calls, and finds what two requests do to each other', async () => {
  let stock = 1;
  const shop = {
    ...payments,
    async charge(card: string) {
      if (stock < 1) throw { tag: 'unavailable' };
      await undefined;
      stock -= 1;
      return { id: card, paid: { cents: BigInt(stock + 1), currency: 'eur' }, digest: [], lines: [] };
    },
  };
  const orders = new Set<string>();
  await explore({
    component: checkout,
    imports: { [api]: shop },
    requests: ['/charge?card=a', '/charge?card=b'],
    before: () => {
      stock = 1;
    },
    check: (host) => {
      orders.add(
        host
          .operations()
          .map(({ error }) => error ?? 'sold')
          .join(),
      );
      expect(stock).toBe(0);
    },
  });
  expect(orders).toEqual(new Set(['sold,unavailable']));
});

describe('WASI 0.3', () => {
  const ledger = {
    entries: [] as string[],
    atOnce: 0,
    most: 0,
    async append(entry: string) {
      ledger.atOnce += 1;
      ledger.most = Math.max(ledger.most, ledger.atOnce);
      await new Promise((resolve) => setTimeout(resolve, 20));
      ledger.atOnce -= 1;
      if (entry === '') throw 'it is empty';
      return ledger.entries.push(entry);
    },
  };
  const startAsync = (): Promise<TestHost> =>
    startHost({ component: checkoutAsync, imports: { [api]: file, 'acme:payments/ledger': ledger } });

  test('asynchronous functions are called several at once, and answer or fail each', async () => {
    await using host = await startAsync();
    ledger.most = 0;
    expect(await text(host, '/append?entry=a&entry=&entry=c')).toMatch(
      /^\[Ok\(\d\), Err\("it is empty"\), Ok\(\d\)\]\n$/,
    );
    expect(ledger.most).toBe(3);
    expect(host.operations()).toHaveLength(3);
  });

  test('synchronous ones may answer later, and have resources', async () => {
    await using host = await startAsync();
    expect(await text(host, '/charge?card=c')).toBe('Ok("r-c")\n');
    expect(await text(host, '/account?owner=Ann&cents=7')).toBe('Ok(7) bye Ann\n');
  });

  test('a wrong value ends the request, and no other one', async () => {
    await using host = await startHost({
      component: checkoutAsync,
      imports: { [api]: payments, 'acme:payments/ledger': { append: async () => -1 } },
    });
    expect((await host.fetch('/append?entry=a')).status).toBe(500);
    expect(host.requests()[0]?.reason).toContain(
      'append has a wrong answer: answer is -1, a number. Expected a whole number from 0',
    );
    expect(await text(host, '/charge?card=c')).toBe('Ok("r-c")\n');
  });
});

test('createHost takes them, and others while it serves', async () => {
  await using host = await createHost({ component: checkout, imports: { [api]: payments } });
  const rate = async (): Promise<string> => await (await host.fetch('/rate')).text();
  expect(await rate()).toBe('1\n');
  await host.setOptions({ imports: { [api]: { ...payments, rate: () => 3 } } });
  expect(await rate()).toBe('3\n');
  await expect(host.setOptions({ imports: { [api]: { ...payments, rate: 3 } } })).rejects.toThrow(
    'rate is 3',
  );
  expect(await rate()).toBe('3\n');
});
