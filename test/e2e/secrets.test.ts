import { chmod, readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { createHost } from '../../host/index.ts';
import { startHost } from '../../host/testing.ts';
import { InspectorClient } from '../support/inspector.ts';
import { component, KvasiDev, runKvasi } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';

const vault = await readFile(component('telemetry/vault', 'vault'));
/** Looks for itself wherever it must not be, in the ways in which it may have been written. */
const value = 'hu$h-ünd-"still"';
const traces = [
  value,
  JSON.stringify(value).slice(1, -1),
  encodeURIComponent(value),
  Buffer.from(value).toString('base64'),
];

const config = `
dev:
  component_path: vault.wasm
workload:
  environment:
    secretFrom: [shared]
  secretFrom: [own, kept]
secrets:
  shared:
    inline: { SHARED: "in the environment too" }
  own:
    inline: { TOKEN: ${JSON.stringify(value)}, LATER: first }
  kept:
    file: ./kept.env
  unnamed:
    inline: { OTHER: "never given" }
`;

async function projectOf(text = config): Promise<Project> {
  const project = await Project.create({ 'vault.wasm': vault, '.wash/config.yaml': text });
  await chmod(await project.write('kept.env', 'LATER=second\nIN_FILE=from the file\n'), 0o600);
  return project;
}

test('a component reads what its configuration names, and nothing else of secrets', async () => {
  await using project = await projectOf();
  await using kvasi = await KvasiDev.start([], { cwd: project.folder });
  expect(await kvasi.text('/reveal?key=TOKEN')).toBe(value);
  expect(await kvasi.text('/reveal?key=IN_FILE')).toBe('from the file');
  expect(await kvasi.text('/reveal?key=LATER')).toBe('second');
  expect(await kvasi.text('/reveal?key=SHARED')).toBe('in the environment too');
  for (const key of ['OTHER', 'token', '', '__proto__', 'toString', 'x'.repeat(50_000)]) {
    const response = await kvasi.fetch(`/reveal?key=${key}`);
    expect([response.status, await response.text()], key.slice(0, 10)).toEqual([404, 'not found']);
  }
});

test('the value is seen by nobody but the component: not printed, not as JSON, not in the inspector, not by kvasi config', async () => {
  await using project = await projectOf();
  const seen: string[] = [];
  for (const args of [[], ['--json'], ['--verbose', '--log-level', 'debug']]) {
    const kvasi = await KvasiDev.start(args, { cwd: project.folder });
    const inspector = args.includes('--json') ? undefined : await InspectorClient.of(kvasi);
    expect(await kvasi.text('/length?key=TOKEN')).toBe(String(value.length));
    await kvasi.text('/hold?key=TOKEN');
    await kvasi.text('/hold?key=OTHER');
    expect((await kvasi.fetch('/trap?key=TOKEN')).status).toBe(500);
    seen.push(await (await kvasi.fetch('/trap?key=TOKEN', { headers: { accept: 'text/html' } })).text());
    if (inspector !== undefined) {
      for (const path of ['requests', 'host', 'openapi.json', 'component', 'settings'])
        seen.push(await (await inspector.fetch(path)).text());
    }
    await kvasi.stop();
    seen.push(kvasi.stdout, kvasi.stderr);
  }
  for (const args of [['config'], ['config', '--json'], ['inspect', 'vault.wasm']]) {
    const { stdout, stderr } = await runKvasi(args, { cwd: project.folder });
    seen.push(stdout, stderr);
  }
  const all = seen.join('\n');
  // What is looked through has what it should.
  expect(all).toContain('unreachable');
  expect(all).toContain('secrets.TOKEN');
  expect(all).toMatch(/"op":"reveal"/);
  for (const trace of traces) expect(all).not.toContain(trace);
});

test('the name is recorded, as that of an operation, and whether there is such a secret', async () => {
  await using host = await startHost({
    component: component('telemetry/vault', 'vault'),
    secrets: { TOKEN: value },
  });
  await host.fetch('/length?key=TOKEN');
  await host.fetch('/length?key=OTHER');
  const operations = host.operations().map(({ op, secret, hit }) => ({ op, secret, hit }));
  expect(operations).toEqual([
    { op: 'get', secret: 'TOKEN', hit: true },
    { op: 'reveal', secret: 'TOKEN', hit: undefined },
    { op: 'get', secret: 'OTHER', hit: false },
  ]);
  for (const trace of traces) expect(JSON.stringify(host.operations())).not.toContain(trace);
});

test('secrets of a host are those of its options over those of its file, and can be changed while it serves', async () => {
  await using project = await projectOf();
  await using host = await createHost({
    directory: project.folder,
    configFile: '.wash/config.yaml',
    secrets: { TOKEN: 'of the options' },
  });
  const reveal = async (key: string) => await (await host.fetch(`/reveal?key=${key}`)).text();
  expect(await reveal('TOKEN')).toBe('of the options');
  expect(await reveal('IN_FILE')).toBe('from the file');
  await host.setOptions({ secrets: { TOKEN: 'changed' } });
  expect(await reveal('TOKEN')).toBe('changed');
});

test('what names no secrets is a problem of the configuration, with its place and without the value', async () => {
  await using project = await projectOf(config.replace('[own, kept]', '[owm]'));
  const { code, stderr } = await runKvasi(['dev'], { cwd: project.folder });
  expect(code).toBe(1);
  expect(stderr).toContain(
    'workload.secretFrom[0] names "owm", which secrets does not have. Did you mean own?',
  );
  for (const trace of traces) expect(stderr).not.toContain(trace);
});

test('of several components each reads its own secrets besides those of all', async () => {
  const text = `
dev:
  component_path: vault.wasm
  components:
    - name: other
      file: vault.wasm
      environment: { secretFrom: [first] }
      secretFrom: [second]
    - name: third
      file: vault.wasm
  routes:
    - { path: /, component: main }
    - { path: /other, component: other }
    - { path: /third, component: third }
workload: { secretFrom: [common] }
secrets:
  common: { inline: { BOTH: all, OWN: of all } }
  first: { inline: { FIRST: one } }
  second: { inline: { SECOND: two, OWN: own } }
`;
  await using project = await projectOf(text);
  await using kvasi = await KvasiDev.start([], { cwd: project.folder });
  const read = async (path: string) =>
    await Promise.all(['BOTH', 'OWN', 'FIRST', 'SECOND'].map((key) => kvasi.text(`${path}?key=${key}`)));
  expect(await read('/reveal')).toEqual(['all', 'of all', 'not found', 'not found']);
  expect(await read('/other')).toEqual(['all', 'own', 'one', 'two']);
  expect(await read('/third')).toEqual(['all', 'of all', 'not found', 'not found']);
  const { stdout } = await runKvasi(['config'], { cwd: project.folder });
  expect(stdout).toMatch(/^components\.other\.secrets\.SECOND = \*\*\* /m);
  expect(stdout).not.toMatch(/= (one|two|own)\b/);
});

describe('a secret that is imported under a label', () => {
  const labelled = component('telemetry/labelled', 'labelled');
  const configOf = (secrets: Readonly<Record<string, string>>): string => `
dev: { component_path: ${labelled} }
workload: { secretFrom: [own] }
secrets: { own: { inline: ${JSON.stringify(secrets)} } }
`;

  test('is the one of that name', async () => {
    await using project = await Project.create({
      '.wash/config.yaml': configOf({ 'db-password': 'one', 'api-key': 'two' }),
    });
    await using kvasi = await KvasiDev.start([], { cwd: project.folder });
    expect(await kvasi.text('/')).toBe('one two');
  });

  test('may be in the entry of that label, and others in one without, as in wash', async () => {
    const entry = 'namespace: wasmcloud, package: secrets';
    const text = `
dev:
  component_path: ${labelled}
  host_interfaces:
    - { ${entry}, interfaces: [secret], name: db-password, config: { db-password: hush-one, other: hush-other } }
    - { ${entry}, interfaces: [store, reveal], config: { api-key: hush-two } }
`;
    await using project = await Project.create({ '.wash/config.yaml': text });
    await using kvasi = await KvasiDev.start([], { cwd: project.folder });
    expect(await kvasi.text('/')).toBe('hush-one hush-two');
    for (const args of [['config'], ['config', '--json']]) {
      const { stdout, stderr } = await runKvasi(args, { cwd: project.folder });
      expect(stdout).toContain('secrets.api-key');
      expect(stdout + stderr).not.toContain('hush');
    }
    expect(kvasi.stdout + kvasi.stderr).not.toContain('hush');
  });

  test('has to be there: else the component is not served', async () => {
    await using project = await Project.create({ '.wash/config.yaml': configOf({ 'api-key': 'two' }) });
    const { code, stderr } = await runKvasi(['dev', '--no-watch'], { cwd: project.folder });
    expect(code).toBe(1);
    expect(stderr).toContain('the component imports the secret db-password, which no entry of secrets');
    await expect(createHost({ component: labelled, secrets: { 'db-password': 'one' } })).rejects.toThrow(
      /imports the secret api-key/,
    );
  });

  test('is read by a host of a program from its options', async () => {
    await using host = await createHost({
      component: labelled,
      secrets: { 'db-password': 'three', 'api-key': 'four' },
    });
    expect(await (await host.fetch('/')).text()).toBe('three four');
  });
});
