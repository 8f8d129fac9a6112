import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { component, KvasiDev, runKvasi } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';

const files = {
  'storefront.wasm': await readFile(component('linked/storefront', 'storefront')),
  'pricing.wasm': await readFile(component('linked/pricing', 'pricing')),
};

const config = `
dev:
  component_path: storefront.wasm
  host_plugins:
    - id: acme-pricing
      file: pricing.wasm
      maxRestarts: 3
      config: { currency: EUR }
      secretFrom: [keys]
workload:
  environment: { config: { GREETING: hello } }
  config: { currency: USD, owner: shop }
secrets:
  keys:
    inline: { TOKEN: hush }
`;

test('a plugin serves what it exports, keeps its memory, and has its own configuration alone', async () => {
  await using project = await Project.create({ ...files, '.wash/config.yaml': config });
  await using kvasi = await KvasiDev.start([], { cwd: project.folder });
  expect(await kvasi.text('/quote?item=tea&count=12')).toBe('12 tea: 4860\n');
  expect(await kvasi.text('/served'), 'how many prices it was asked for').toBe('1\n');
  await kvasi.text('/quote?item=tea');
  expect(await kvasi.text('/served')).toBe('2\n');
  expect(await kvasi.text('/environment')).toBe('here: GREETING=hello\nthere: \n');
  expect(await kvasi.text('/setting?key=currency')).toBe('Some("EUR")\n');
  expect(await kvasi.text('/setting?key=TOKEN')).toBe('Some("hush")\n');
  expect(await kvasi.text('/setting?key=owner')).toBe('None\n');
  expect(await kvasi.text('/panic-there')).toContain('acme-pricing: unreachable');
  expect(await kvasi.text('/served'), 'a trap ends its memory').toBe('0\n');
  const { stdout } = await runKvasi(['config'], { cwd: project.folder });
  expect(stdout).toMatch(/components\.acme-pricing = .*pricing\.wasm +\(from \.wash\/config\.yaml:5:\d+\)/);
  expect(stdout).toContain('components.acme-pricing.config.TOKEN = ***');
  expect(stdout).not.toContain('hush');
});

test('what is wrong with a plugin is told with its place', async () => {
  await using project = await Project.create({
    ...files,
    '.wash/config.yaml': `
dev:
  component_path: storefront.wasm
  components:
    - { name: pricing, file: pricing.wasm }
  host_plugins:
    - { id: pricing, file: pricing.wasm }
    - { id: far, image: ghcr.io/acme/far:1 }
    - { id: none, secretFrom: [nothing] }
    - { file: pricing.wasm }
`,
  });
  const { code, stderr } = await runKvasi(['config'], { cwd: project.folder });
  expect(code).toBe(1);
  expect(stderr).toMatch(/\.wash\/config\.yaml:10:\d+: dev\.host_plugins\[3\]\.id/);
  await project.write(
    '.wash/config.yaml',
    (await readFile(`${project.folder}/.wash/config.yaml`, 'utf8')).replace(
      '    - { file: pricing.wasm }\n',
      '',
    ),
  );
  const others = await runKvasi(['config'], { cwd: project.folder });
  for (const line of [
    '.wash/config.yaml:7:13: dev.host_plugins[0].id is "pricing", as that of dev.components[0]. Give each a name of its own.',
    '.wash/config.yaml:8:7: dev.host_plugins[1] ("far") is the image "ghcr.io/acme/far:1", and images are not pulled. Name its file.',
    '.wash/config.yaml:9:7: dev.host_plugins[2] ("none") has no file. Name its .wasm.',
    'dev.host_plugins[2].secretFrom[0] names "nothing", which secrets does not have.',
  ])
    expect(others.stderr).toContain(line);
});
