import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { complaintsOf } from '../support/compile.ts';
import { componentOf } from '../support/component.ts';
import { component, KvasiDev, root, runKvasi } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';

const checkout = await readFile(component('imports/checkout', 'checkout'));
const checkoutAsync = await readFile(component('imports/checkout-async', 'checkout-async'));
const payments = await readFile(join(root, 'test/support/payments.ts'), 'utf8');

const config = `
dev:
  component_path: checkout.wasm
  imports:
    acme:payments/api: ./payments.ts
`;
const files = { 'checkout.wasm': checkout, 'payments.ts': payments, '.wash/config.yaml': config };

test('a module is loaded again when it has changed, and one that does not fit is told and not used', async () => {
  await using project = await Project.create(files);
  await using kvasi = await KvasiDev.start(['--verbose'], { cwd: project.folder });
  expect(await kvasi.text('/rate?currency=usd')).toBe('1.25\n');
  await kvasi.until(/call +acme:payments\/api\/rate/);
  await project.write('payments.ts', payments.replace('1.25', '1.5'));
  await kvasi.until(/^reloaded {2}payments/m);
  expect(await kvasi.text('/rate?currency=usd')).toBe('1.5\n');
  await project.write('payments.ts', payments.replace('function rate', 'function rates'));
  await kvasi.until(
    /There is no function rate\. It has rates; is that the one\? Expected: export function rate\(/,
  );
  await kvasi.until(/\.wash\/config\.yaml:5:\d+: dev\.imports\["acme:payments\/api"\]/);
  expect(await kvasi.text('/rate?currency=usd')).toBe('1.5\n');
  await project.write('payments.ts', payments);
  await kvasi.until(/^reloaded[\s\S]*^reloaded {2}payments/m);
  expect(await kvasi.text('/rate?currency=usd')).toBe('1.25\n');
});

test('what is wrong with dev.imports is told with its place', async () => {
  await using project = await Project.create({
    ...files,
    '.wash/config.yaml': `
dev:
  component_path: checkout.wasm
  imports:
    acme payments: ./payments.ts
    acme:payments/api: ./payments.wasm
    acme:payments/ledger: ''
`,
  });
  const { code, stderr } = await runKvasi(['config'], { cwd: project.folder });
  expect(code).toBe(1);
  for (const line of [
    '.wash/config.yaml:5:5: dev.imports has "acme payments". Expected an interface such as "acme:payments/api"',
    '.wash/config.yaml:6:24: dev.imports["acme:payments/api"] is "./payments.wasm". Expected a module: a file that ends in .ts, .js or .mjs.',
    '.wash/config.yaml:7:27: dev.imports["acme:payments/ledger"] is "". Expected a path, which is not empty.',
  ])
    expect(stderr).toContain(line);
});

test('a mistake in a module ends kvasi dev with the place in it, and a name that nobody imports is told', async () => {
  await using project = await Project.create({ ...files, 'payments.ts': 'export const rate =\n  ;\n' });
  const { code, stderr } = await runKvasi(['dev', '--address', '127.0.0.1:0'], { cwd: project.folder });
  expect(stderr).toMatch(
    /\.wash\/config\.yaml:5:\d+: dev\.imports\["acme:payments\/api"\] names .*payments\.ts, which can't be loaded: .*payments\.ts:2:3\)/,
  );
  expect(code).toBe(1);
  await project.write('payments.ts', payments);
  await project.write('.wash/config.yaml', `${config}    acme:payments/apis: ./payments.ts\n`);
  await using kvasi = await KvasiDev.start([], { cwd: project.folder });
  await kvasi.until(
    /config\.yaml:6:\d+: dev\.imports\["acme:payments\/apis"\] is imported by no component\. Did you mean acme:payments\/api\?/,
  );
});

test('kvasi config, kvasi inspect and scenarios know the modules of a project', async () => {
  await using project = await Project.create({
    ...files,
    'scenarios.yaml': `
scenarios:
  - name: pays
    steps:
      - request: GET /charge?card=stolen
        expect: { status: 402, body: "declined: it was stolen\\n" }
`,
  });
  const { folder } = project;
  const shown = await runKvasi(['config'], { cwd: folder });
  expect(shown.stdout).toMatch(
    /imports\.acme:payments\/api = .*payments\.ts +\(from \.wash\/config\.yaml:5:5\)/,
  );
  const inspected = await runKvasi(['inspect', '-C', folder]);
  expect(inspected.stdout).toMatch(/acme:payments\/api@1\.0\.0 +the module .*payments\.ts/);
  expect(inspected.code).toBe(0);
  const tested = await runKvasi(['test', 'scenarios.yaml', '--config', '.wash/config.yaml'], { cwd: folder });
  expect(tested.code, tested.stdout + tested.stderr).toBe(0);
});

test('what a module prints goes to standard error, and lines of --json stay whole', async () => {
  await using project = await Project.create({
    ...files,
    'payments.ts': payments.replace(
      'export function rate',
      "console.log('module', process.env.KVASI_TEST_WORD);\nexport function rate",
    ),
  });
  await using kvasi = await KvasiDev.start(['--json'], { cwd: project.folder });
  expect(await kvasi.text('/rate')).toBe('1\n');
  for (const line of kvasi.stdout.trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
  expect(kvasi.stdout).toContain('"import":"acme:payments/api"');
});

test('kvasi types writes declarations that a module of them satisfies, and one that is wrong does not', async () => {
  await using project = await Project.create({
    'checkout.wasm': checkout,
    'checkout-async.wasm': checkoutAsync,
    'payments.ts': payments,
    'right.ts': `
import type { AcmePaymentsApi, AcmePaymentsLedger, Imports } from './async.d.ts';
import type { Imports as FewerImports } from './app.d.ts';
import * as payments from './written.ts';

const ledger: AcmePaymentsLedger.Module = { append: async (entry) => entry.length };
export const imports: Imports = { 'acme:payments/api': payments, 'acme:payments/ledger': ledger };
export const fewer: FewerImports = { 'acme:payments/api': payments };
export const charge: AcmePaymentsApi.Module['charge'] = payments.charge;
`,
    'written.ts': `
import type { AcmePaymentsApi } from './app.d.ts';

export class Account implements AcmePaymentsApi.Account {
  readonly #owner: string;
  constructor(owner: string) { this.#owner = owner; }
  static async open(owner: string): Promise<Account> { return new Account(owner); }
  deposit(amount: AcmePaymentsApi.Money): bigint { return amount.cents; }
  async balance(): Promise<bigint> { return BigInt(this.#owner.length); }
}
export async function charge(card: string, paid: AcmePaymentsApi.Money, { express = false }: AcmePaymentsApi.Options): Promise<AcmePaymentsApi.Receipt> {
  if (express) throw { tag: 'declined', val: card } satisfies AcmePaymentsApi.Refusal;
  return { id: card, paid, digest: new Uint8Array(), lines: [['tea', 1]] };
}
export const rate = (of: AcmePaymentsApi.Currency): number => (of === 'eur' ? 1 : 2);
export const close = (account: Account): string => String(account);
export const merge = (accounts: Account[]): Account => accounts[0] ?? new Account('');
export const history = (): AcmePaymentsApi.Money[] => [];
`,
    'wrong.ts': `
import type { AcmePaymentsApi } from './app.d.ts';
export const rate: AcmePaymentsApi.Module['rate'] = async (of) => of;
`,
  });
  const { folder } = project;
  const printed = await runKvasi(['types', 'checkout.wasm'], { cwd: folder });
  expect(printed.code, printed.stderr).toBe(0);
  const written = await runKvasi(['types', 'checkout.wasm', '--out', 'app.d.ts'], { cwd: folder });
  expect(written.stderr).toBe('kvasi: app.d.ts declares 1 interface\n');
  expect(await readFile(join(folder, 'app.d.ts'), 'utf8')).toBe(printed.stdout);
  await runKvasi(['types', 'checkout-async.wasm', '--out', 'async.d.ts'], { cwd: folder });
  const all = await runKvasi(['types', 'checkout-async.wasm', '--all', '--out', 'all.d.ts'], { cwd: folder });
  expect(all.stderr).toMatch(/all\.d\.ts declares \d\d? interfaces/);
  const complaints = (...names: string[]): Promise<string> =>
    complaintsOf(
      join(root, 'node_modules/typescript/bin/tsc'),
      folder,
      names.map((name) => join(folder, name)),
      {
        module: 'nodenext',
        lib: ['es2024', 'esnext.disposable'],
        types: [],
        allowImportingTsExtensions: true,
        exactOptionalPropertyTypes: true,
      },
    );
  expect(await complaints('right.ts', 'app.d.ts', 'async.d.ts', 'all.d.ts')).toBe('');
  expect(await complaints('wrong.ts')).toMatch(/wrong\.ts.*(?:TS2322|not assignable)/s);
  await copyFile(join(folder, 'written.ts'), join(folder, 'payments.ts'));
  await project.write('.wash/config.yaml', config);
  await using kvasi = await KvasiDev.start([], { cwd: folder });
  expect(await kvasi.text('/charge?card=c')).toContain('c 100');
});

test.each([
  ['process.exit(5);', 'it calls process.exit(5) while it is loaded.'],
  ['await new Promise(() => {});', 'it awaits a promise that nothing settles.'],
  ['throw new Proxy({}, { getPrototypeOf() { throw 1; } });', '[object Object]'],
  ["throw new Error('x'.repeat(1e6));", `Error: ${'x'.repeat(1024)}… (`],
])(
  'a module that ends the thread that loads it, or throws what is hard to show, is told by its name: %s',
  async (text, why) => {
    await using project = await Project.create({ ...files, 'payments.ts': `${text}\n${payments}` });
    const { code, stderr } = await runKvasi(['dev', '--address', '127.0.0.1:0'], { cwd: project.folder });
    expect(stderr).toContain(`payments.ts, which can't be loaded: ${why}`);
    expect(stderr.length).toBeLessThan(4000);
    expect(code).toBe(1);
  },
);

test('kvasi types replaces nothing but what it has written itself', async () => {
  await using project = await Project.create(files);
  const { folder } = project;
  for (const out of ['checkout.wasm', 'payments.ts']) {
    const { code, stderr } = await runKvasi(['types', 'checkout.wasm', '--out', out], { cwd: folder });
    expect(stderr).toContain(`--out is ${out}, which exists, and was not written by kvasi types.`);
    expect(code).toBe(2);
  }
  expect(await readFile(join(folder, 'checkout.wasm'))).toEqual(checkout);
  expect(await readFile(join(folder, 'payments.ts'), 'utf8')).toBe(payments);
  await project.write('app.d.ts', '');
  for (const _ of ['an empty file', 'declarations'])
    expect((await runKvasi(['types', 'checkout.wasm', '--out', 'app.d.ts'], { cwd: folder })).code).toBe(0);
});

test('kvasi types declares a resource once, with the interface that has its functions', async () => {
  const deep = await componentOf(`package acme:deep@1.0.0;
    interface types { resource token { constructor(); text: func() -> string; } }
    interface api { use types.{token}; get: func(of: string) -> token; put: func(class: borrow<token>) -> list<token>; }
    world it { import api; export api; }`);
  await using project = await Project.create({
    'deep.wasm': deep,
    'module.ts': `
import type { AcmeDeepApi, AcmeDeepTypes } from './deep.d.ts';
class Token { #text = ''; text(): string { return this.#text; } }
export const types: AcmeDeepTypes.Module = { Token };
export const api: AcmeDeepApi.Module = { get: () => new Token(), put: (token: Token) => [token] };
`,
  });
  const { folder } = project;
  const { code, stderr } = await runKvasi(['types', 'deep.wasm', '--out', 'deep.d.ts'], { cwd: folder });
  expect(code, stderr).toBe(0);
  const text = await readFile(join(folder, 'deep.d.ts'), 'utf8');
  expect(text).toContain('  type Token = AcmeDeepTypes.Token;\n');
  expect(text).toContain('put(class_: Token): Token[] | Promise<Token[]>;');
  const files = ['module.ts', 'deep.d.ts'].map((name) => join(folder, name));
  const options = { module: 'nodenext', lib: ['es2024'], types: [], allowImportingTsExtensions: true };
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  expect(await complaintsOf(compiler, folder, files, options)).toBe('');
});

test('kvasi types of a component that kvasi serves alone declares nothing', async () => {
  const { code, stdout } = await runKvasi(['types', component('kv-counter')]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/export \{\};\n$/);
  expect((await runKvasi(['types', component('kv-counter'), '--all'])).stdout).toContain(
    'export namespace WasiKeyvalueStore',
  );
});
