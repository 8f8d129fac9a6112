import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { componentOf } from '../support/component.ts';
import { variantOf } from '../support/component-variant.ts';
import { component, KvasiDev, runKvasi } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';

const storefront = await readFile(component('linked/storefront', 'storefront'));
const pricing = await readFile(component('linked/pricing', 'pricing'));

const helloAsync = await readFile(component('wasi-0.3/hello-async', 'hello-async'));
const hello = await readFile(component('hello'));

const config = `
dev:
  component_path: storefront.wasm
  components:
    - name: pricing
      file: pricing.wasm
      environment:
        config: { REGION: north }
        secretFrom: [keys]
secrets:
  keys:
    inline: { TOKEN: hush }
`;
const files = { 'storefront.wasm': storefront, 'pricing.wasm': pricing, '.wash/config.yaml': config };

async function put(project: Project, name: string, bytes: Uint8Array): Promise<void> {
  await rename(await project.write(`${name}.new`, bytes), join(project.folder, name));
}

test('one of two is replaced: what is in memory stays, and one that does not fit is told and not used', async () => {
  await using project = await Project.create(files);
  await using kvasi = await KvasiDev.start([], { cwd: project.folder });
  await kvasi.until(/beside {4}pricing {2}pricing\.wasm/);
  expect(await kvasi.text('/environment')).toBe('here: \nthere: REGION=north TOKEN=hush\n');
  expect(await kvasi.text('/sell?item=tea')).toBe('1 1\n');
  await put(project, 'pricing.wasm', variantOf(pricing, 'next'));
  await kvasi.until(/^reloaded {2}pricing/m);
  expect(await kvasi.text('/sell?item=tea')).toBe('2 2\n');
  await put(project, 'storefront.wasm', variantOf(storefront, 'next'));
  await kvasi.until(/^reloaded {2}storefront/m);
  expect(await kvasi.text('/sell?item=tea')).toBe('3 3\n');

  const other = `package acme:pricing@1.2.0;
    interface quotes { price: func(item: string) -> u64; }
    world it { export quotes; }`;
  await put(project, 'pricing.wasm', await componentOf(other));
  await kvasi.until(/insight@1\.2\.0: no package acme:pricing is provided; no component of dev\.components/);
  expect(await kvasi.text('/sell?item=tea')).toBe('4 4\n');
  await put(project, 'pricing.wasm', variantOf(pricing, 'last'));
  await kvasi.until(/^reloaded {2}pricing[\s\S]*^reloaded {2}pricing/m);
  expect(await kvasi.text('/quote?item=tea')).toBe('1 tea: 450\n');
});

test('a function of other types is told with both of them', async () => {
  const other = `package acme:pricing@1.3.0;
    interface quotes {
      record quote { item: string, count: u32, cents: u64 }
      variant refusal { unknown-item(string), too-many(u64) }
      resource basket { constructor(owner: string); add: func(quote: quote) -> u32; total: func() -> u64; }
      price: func(item: string, count: u32) -> result<quote, refusal>;
      checkout: func(basket: basket) -> string;
      sum: func(baskets: list<borrow<basket>>) -> u64;
    }
    interface insight {
      served: func() -> u32;
      environment: func() -> list<tuple<string, string>>;
      setting: func(key: string) -> option<string>;
      count: func(name: string) -> result<u64, string>;
      panic: func(reason: string);
    }
    world it { export quotes; export insight; }`;
  await using project = await Project.create({ ...files, 'pricing.wasm': await componentOf(other) });
  const { code, stderr } = await runKvasi(['dev', '--address', '127.0.0.1:0'], { cwd: project.folder });
  expect(code).toBe(1);
  expect(stderr).toContain(
    'pricing does not export acme:pricing/quotes@1.3.0 as main imports it (acme:pricing/quotes@1.2.0): ' +
      'it has price: func(item: string, count: u32) -> result<record { item: string, count: u32, cents: u64 }, ' +
      'variant { unknown-item(string), too-many(u64) }>, and asked for is price: func(item: string, count: u32) ' +
      '-> result<record { item: string, count: u32, cents: u64 }, variant { unknown-item(string), too-many(u32) }>.',
  );
});

test('what is wrong with components and routes is told with its place', async () => {
  await using project = await Project.create({
    ...files,
    '.wash/config.yaml': `
dev:
  component_path: storefront.wasm
  components:
    - { name: pricing, file: pricing.wasm }
    - { name: pricing, file: other.wasm }
    - { name: main, file: other.wasm }
    - { name: far, image: ghcr.io/acme/far:1 }
    - { name: none }
  routes:
    - { path: api, component: pricing }
    - { path: /a, component: main }
    - { path: /a/, component: main }
`,
  });
  const { code, stderr } = await runKvasi(['config'], { cwd: project.folder });
  expect(code).toBe(1);
  const lines = stderr.split('\n').map((line) => line.trim());
  for (const [place, message] of [
    [
      '6:15',
      'dev.components[1].name is "pricing", as that of dev.components[0]. Give each a name of its own.',
    ],
    ['7:15', 'dev.components[2].name is "main", which is the main component. Give it another name.'],
    [
      '8:7',
      'dev.components[3] ("far") is the image "ghcr.io/acme/far:1", and images are not pulled. Name its file.',
    ],
    ['9:7', 'dev.components[4] ("none") has no file. Name its .wasm.'],
    ['11:15', 'dev.routes[0].path is "api". Expected a path such as "/api", without a query.'],
    ['13:15', 'dev.routes[2].path is "/a/", which an earlier route has.'],
  ])
    expect(lines).toContainEqual(expect.stringContaining(`.wash/config.yaml:${place}: ${message}`));
});

test('kvasi config shows components, and no secrets', async () => {
  await using project = await Project.create(files);
  const { stdout } = await runKvasi(['config'], { cwd: project.folder });
  expect(stdout).toMatch(/components\.pricing .*pricing\.wasm/);
  expect(stdout).toMatch(/components\.pricing\.environment\.REGION .*north/);
  expect(stdout).toMatch(/components\.pricing\.environment\.TOKEN/);
  expect(stdout).not.toContain('hush');
});

test('scenarios of a project run all of its components', async () => {
  await using project = await Project.create({
    ...files,
    'scenarios.yaml': `
scenarios:
  - name: sells
    steps:
      - request: GET /quote?item=tea
        expect: { body: "1 tea: 450\\n" }
      - request: GET /sell?item=tea
    after:
      prices: { tea: '1' }
`,
  });
  const { code, stdout, stderr } = await runKvasi(
    ['test', 'scenarios.yaml', '--config', '.wash/config.yaml'],
    { cwd: project.folder },
  );
  expect(stdout + stderr).toContain('sells');
  expect(code, stdout + stderr).toBe(0);
});

test('kvasi inspect says which imports other components serve', async () => {
  await using project = await Project.create(files);
  const { code, stdout } = await runKvasi(['inspect', '-C', project.folder]);
  expect(stdout).toMatch(/acme:pricing\/quotes@1\.2\.0 +the component pricing/);
  expect(stdout).toContain('linked by kvasi, 2 components together, fresh by reset');
  expect(stdout).toContain('kvasi can serve it');
  expect(code).toBe(0);
  const alone = await runKvasi(['inspect', join(project.folder, 'storefront.wasm')]);
  expect(alone.code).toBe(1);
  expect(alone.stdout).toContain('no package acme:pricing is provided');
});

test('handlers of WASI 0.2 and 0.3 are not served together: not at the start, and not once one was replaced', async () => {
  await using project = await Project.create({
    ...files,
    'alone.wasm': helloAsync,
    '.wash/config.yaml': `
dev:
  component_path: storefront.wasm
  components:
    - { name: pricing, file: pricing.wasm }
    - { name: alone, file: alone.wasm }
  routes: [{ path: /alone, component: alone }]
`,
  });
  const message =
    /config\.yaml:7:\d+: dev\.routes names alone, which answers requests as WASI 0\.3, and main does as WASI 0\.2\./;
  const { code, stderr } = await runKvasi(['dev', '--address', '127.0.0.1:0'], { cwd: project.folder });
  expect(code).toBe(1);
  expect(stderr).toMatch(message);

  await put(project, 'alone.wasm', hello);
  await using kvasi = await KvasiDev.start([], { cwd: project.folder });
  const before = await kvasi.text('/alone/x');
  await put(project, 'alone.wasm', helloAsync);
  await kvasi.until(message);
  await kvasi.until(/last good component/);
  expect(await kvasi.text('/alone/x')).toBe(before);
});
