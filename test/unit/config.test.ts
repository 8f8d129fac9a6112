import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resolveSettings } from '../../host/composition/settings.ts';
import { HostError } from '../../host/shared/host-error.ts';

let project: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'kvasi-config-'));
});
afterEach(() => rmSync(project, { recursive: true }));

function write(name: string, content: string | Buffer): void {
  mkdirSync(dirname(join(project, name)), { recursive: true });
  writeFileSync(join(project, name), content);
}

const load = (config?: string) => resolveSettings({ cwd: project, env: {}, flags: { config } });
const loadYaml = (content: string) => {
  write('.wash/config.yaml', content);
  return load();
};
const messageOf = async (loading: Promise<unknown>, code = 'config'): Promise<string> => {
  const error = await loading.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof HostError)) throw new Error(`no HostError was thrown, but ${String(error)}`);
  expect(error.code).toBe(code);
  return error.message;
};

describe('which file is read', () => {
  test('without a file everything has a default', async () => {
    const { settings, warnings } = await load();
    expect(settings).toMatchObject({
      directory: project,
      configFile: undefined,
      component: undefined,
      address: { host: 'localhost', port: 8000 },
      instances: 'fresh',
      requestTimeout: 30_000,
      allowedHosts: [],
      logLevel: 'info',
    });
    expect(settings.keyvalue.default).toEqual({ kind: 'in_memory' });
    expect(warnings).toEqual([]);
  });

  test('yaml comes before yml, json and toml', async () => {
    write('.wash/config.toml', '[dev]\naddress = "t:1"\n');
    expect((await load()).settings.address.host).toBe('t');
    write('.wash/config.json', '{"dev":{"address":"j:1"}}');
    expect((await load()).settings.address.host).toBe('j');
    write('.wash/config.yml', 'dev: {address: "yml:1"}');
    expect((await load()).settings.address.host).toBe('yml');
    write('.wash/config.yaml', 'dev: {address: "yaml:1"}');
    expect((await load()).settings.address.host).toBe('yaml');
  });

  test('relative paths start at the parent of .wash, else at the folder of the file', async () => {
    const content = 'dev: { component_path: a.wasm }\n';
    expect((await loadYaml(content)).settings.component).toBe(join(project, 'a.wasm'));
    write('config/own.yaml', content);
    expect((await load('config/own.yaml')).settings.component).toBe(join(project, 'config/a.wasm'));
  });

  test('a file that is not there, is a folder, is no text or has another ending is refused', async () => {
    expect(await messageOf(load('none.yaml'))).toMatch(/^none\.yaml does not exist\./);
    mkdirSync(join(project, 'folder.yaml'));
    expect(await messageOf(load('folder.yaml'))).toMatch(/^folder\.yaml is a folder\./);
    write('latin.yaml', Buffer.from([0x61, 0x3a, 0x20, 0xe9]));
    expect(await messageOf(load('latin.yaml'))).toMatch(/^latin\.yaml is not UTF-8 text\./);
    write('config.ini', '');
    expect(await messageOf(load('config.ini'), 'usage')).toMatch(/Expected one that ends in \.yaml/);
  });

  test('a start without a file loads no parser and no schema library', () => {
    const script = `
      import { registerHooks } from 'node:module';
      const loaded = [];
      registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
      const { resolveSettings } = await import(${JSON.stringify(new URL('../../host/composition/settings.ts', import.meta.url).href)});
      await resolveSettings({ cwd: ${JSON.stringify(project)}, env: {}, flags: {} });
      console.log(loaded.filter((url) => /node_modules\\/(valibot|yaml|toml-eslint-parser)/.test(url)).join());
    `;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect(output.trim()).toBe('');
  });
});

describe('what is valid', () => {
  test.each(['', '# nothing\n', 'dev:\n', 'dev: null\nworkload:\n', '---\n'])(
    'nothing: %j',
    async (content) => {
      const { settings, warnings } = await loadYaml(content);
      expect(settings.address.port).toBe(8000);
      expect(warnings).toEqual([]);
    },
  );

  test('an empty JSON and TOML file, and a byte-order mark', async () => {
    write('a.json', '');
    write('a.toml', '');
    write('bom.json', '\uFEFF{"dev":{"address":"x:1"}}');
    await load('a.json');
    await load('a.toml');
    expect((await load('bom.json')).settings.address.host).toBe('x');
  });

  test.each([
    ['30s', 30_000],
    ['500ms', 500],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['1.5s', 1_500],
    [250, 250],
  ])('a request timeout of %s', async (written, milliseconds) => {
    const { settings } = await loadYaml(`dev: { requestTimeout: ${written} }`);
    expect(settings.requestTimeout).toBe(milliseconds);
  });

  test('anchors and aliases', async () => {
    const { settings } = await loadYaml(
      'build: { component_path: &it x.wasm }\ndev: { component_path: *it }\n',
    );
    expect(settings.component).toBe(join(project, 'x.wasm'));
  });
});

describe('what is wrong is told with its place', () => {
  test('a wrong type', async () => {
    expect(await messageOf(loadYaml('dev:\n  address: 8000\n'))).toBe(
      '.wash/config.yaml:2:12: dev.address is 8000, a number. Expected text; a number or true/false needs quotes to be text.',
    );
  });

  test.each([
    ['dev: { address: "localhost" }', /:1:17: dev\.address is "localhost"\. Expected host:port/],
    ['dev: { address: "localhost:70000" }', /Expected host:port with a port from 0 to 65535/],
    ['dev: { address: "::1:8000" }', /Expected host:port/],
    ['dev: { address: "1.2.3:80" }', /Expected host:port/],
    ['dev: { instances: freh }', /dev\.instances is "freh"\. Expected one of "fresh", "reuse"\./],
    ['dev: { requestTimeout: soon }', /dev\.requestTimeout is "soon"\. Expected a duration/],
    ['dev: { requestTimeout: 0 }', /Expected a duration above zero/],
    ['dev: { requestTimeout: 60h60 }', /Expected a duration/],
    ['dev: { requestTimeout: 1000h }', /at most 24d\./],
    ['dev: { requestTimeout: 25d }', /at most 24d\./],
    ['dev: { keyvalue: { b: { backend: in_memory, ttl: 36501d } } }', /at most 36500d\./],
    ['dev: { keyvalue: { b: { backend: in_memory, ttl: 1e999d } } }', /Expected a duration/],
    ['dev: { wasi_keyvalue_redis_url: "http://h" }', /Expected a redis:\/\/ or rediss:\/\/ URL/],
    ['dev: { wasi_keyvalue_redis_url: "redis://" }', /Expected a redis/],
    ['dev: { wasi_keyvalue_nats_url: "localhost:4222" }', /Expected a nats:\/\/ or tls:\/\/ URL/],
    ['dev: { component_path: "a\\0b" }', /Expected a path without the NUL character/],
    ['dev: { component_path: "" }', /Expected a path, which is not empty/],
    [
      'dev: { components: [{ name: a, file: a, poolSize: -1 }] }',
      /poolSize is -1, a number\. Expected a whole/,
    ],
    ['dev: { components: [{ name: a, file: a, poolSize: 1e9 }] }', /whole number from 0 to 1000\./],
    ['dev: { components: [{ name: a, file: a, poolSize: 1.5 }] }', /whole number from 0 to 1000\./],
    ['dev: { components: [{ name: a, file: a, maxInvocations: 0 }] }', /maxInvocations is 0.* at least 1\./],
    ['dev: { components: [{ name: a, file: a, maxConcurrency: 0 }] }', /maxConcurrency is 0.* at least 1\./],
    [
      'dev: { components: [{ name: "a\\eb", file: a }] }',
      /name is .*Expected a name without control characters/,
    ],
    ['dev: { components: [{ name: " ", file: a }] }', /name is " "\. Expected a name, which is not empty/],
    ['dev: { service_ports: [{ name: a, port: "80" }] }', /port is "80"\. Expected a port, without quotes\./],
    ['dev: { max_connections: "8" }', /is "8"\. Expected a whole number, without quotes\./],
    ['dev: { service_ports: [{ name: a, port: http }] }', /port is "http"\. Expected a port\./],
    ['dev: { service_ports: [{ name: "\\n", port: 1 }] }', /name is .*Expected a name/],
    ['dev: { schedules: [{ cron: "@daily", name: "a\\rb" }] }', /name is .*Expected a name without control/],
    [
      'dev: { schedules: [{ cron: "@daily", export: "" }] }',
      /:1:46: dev\.schedules\[0\]\.export is ""\. Expected a function such as/,
    ],
    ['dev: { schedules: [{ cron: "@daily", export: "a#" }] }', /export is "a#"\. Expected a function/],
    [
      'dev: { routes: [{ path: "/x/*", component: main }] }',
      /:1:25: dev\.routes\[0\]\.path is "\/x\/\*"\. Expected .*stands for all paths below it as well/,
    ],
    ['dev: []', /:1:6: dev is a list\. Expected a map/],
    ['dev: 3', /dev is 3, a number\. Expected a section of keys/],
    ['- dev', /:1:1: the file is a list/],
    ['hello', /:1:1: the file is "hello"\. Expected a map of sections/],
    ['dev: { volumes: [{ host_path: a }] }', /dev\.volumes\[0\]\.guest_path is missing\. Add it\./],
    ['dev: { keyvalue: { s: { url: x } } }', /dev\.keyvalue\.s\.backend is missing/],
    ['dev: { keyvalue: { s: 3 } }', /dev\.keyvalue\.s is 3, a number\. Expected "deny", "no-such-store", or/],
    ['dev: { keyvalue: { s: { backend: redsi } } }', /backend is "redsi"\. Expected .*did you mean redis\?/],
    [
      'dev: { keyvalue: { s: { backend: redis, url: "nats://h" } } }',
      /url is "nats:\/\/h"\. Expected a redis/,
    ],
    ['dev: { keyvalue: { constructor: deny } }', /dev\.keyvalue\.constructor has a reserved name/],
    ['workload: { allowedHosts: ["https://h/path"] }', /allowedHosts\[0\] is .*without a path/],
    [
      'workload: { allowedHosts: [a.com, "a.com:99999"] }',
      /:1:35: workload\.allowedHosts\[1\] is "a\.com:99999"\. Expected a port from 1 to 65535/,
    ],
    ['workload: { allowedHosts: ["a.com:0"] }', /Expected a port from 1 to 65535/],
    ['workload: { allowedHosts: ["ftp://a.com"] }', /:1:28: .*Expected the scheme http or https, or none/],
    ['workload: { environment: { config: { PORT: 80 } } }', /config\.PORT is a number\. Expected text/],
  ])('%s', async (content, message) => {
    expect(await messageOf(loadYaml(content))).toMatch(message);
  });

  test.each([
    'dev.max_connections',
    'dev.max_outbound_http_connections_per_workload',
    'dev.max_inbound_socket_connections_per_workload',
    'dev.threads',
    'dev.limits.connections',
    'dev.limits.memory',
    'dev.limits.queueWait',
    'dev.requestTimeout',
    'dev.http_connection_wait',
  ])('a number for %s that is none, or too large', async (key) => {
    const [, ...inner] = key.split('.');
    for (const given of ['1e308', '1e21', '1e16', '.inf', '.nan', '-1', '0']) {
      const [line = '', ends] = [inner.join(': { '), ' }'.repeat(inner.length - 1)];
      const content = `dev:\n  ${line}: ${given}${ends}\n`;
      const column = 5 + line.length;
      const message = await messageOf(loadYaml(content));
      expect(message.startsWith(`.wash/config.yaml:2:${column}: ${key} is `), message).toBe(true);
      expect(message).toMatch(/Expected /);
    }
  });

  test('everything at once', async () => {
    const message = await messageOf(loadYaml('dev:\n  address: 1\n  instances: x\n  requestTimeout: []\n'));
    expect(message.split('\n')).toEqual([
      'The configuration has 3 problems:',
      expect.stringMatching(/^ {2}\.wash\/config\.yaml:2:12: dev\.address/),
      expect.stringMatching(/^ {2}\.wash\/config\.yaml:3:14: dev\.instances/),
      expect.stringMatching(/^ {2}\.wash\/config\.yaml:4:19: dev\.requestTimeout/),
    ]);
  });

  test.each([
    ['a.yaml', 'dev:\n  address: "x\n', /^a\.yaml:\d+:\d+: not valid YAML: /],
    ['a.yaml', 'dev:\n\taddress: x\n', /^a\.yaml:2:\d+: not valid YAML: /],
    ['a.yaml', 'dev: 1\ndev: 2\n', /^a\.yaml:2:1: not valid YAML: Map keys must be unique/],
    ['a.json', '{\n  "dev": {,}\n}', /^a\.json:2:11: not valid JSON: /],
    ['a.json', '{"dev": {}', /^a\.json:1:11: not valid JSON: /],
    ['a.toml', '[dev]\naddress = \n', /^a\.toml:2:\d+: not valid TOML: a value is missing/],
  ])('invalid syntax in %s: %j', async (name, content, message) => {
    write(name, content);
    expect(await messageOf(load(name))).toMatch(message);
  });

  test('JSON and TOML have places too', async () => {
    write('a.json', '{\n\t"dev": {\n\t\t"address": 1\n\t}\n}\n');
    expect(await messageOf(load('a.json'))).toMatch(/^a\.json:3:14: dev\.address is 1/);
    write('a.toml', '# x\n[dev]\naddress = 1\n');
    expect(await messageOf(load('a.toml'))).toMatch(/^a\.toml:3:11: dev\.address is 1/);
    write('b.toml', '[[dev.volumes]]\nhost_path = "a"\nguest_path = "b"\n[[dev.volumes]]\nhost_path = 1\n');
    expect(await messageOf(load('b.toml'))).toMatch(/b\.toml:5:13: dev\.volumes\[1\]\.host_path is 1/);
    write('c.toml', '[dev]\ncommand = """\nmake\naddress = 2\n"""\naddress = 1\n');
    expect(await messageOf(load('c.toml'))).toMatch(/c\.toml:6:11: dev\.address is 1/);
    write('d.toml', 'dev = { volumes = [{ host_path = "a", guest_path = 1 }] }\n');
    expect(await messageOf(load('d.toml'))).toMatch(/d\.toml:1:52: dev\.volumes\[0\]\.guest_path is 1/);
  });
});

describe('warnings', () => {
  test('an unknown key names the nearest known one', async () => {
    const { warnings } = await loadYaml('dev:\n  adress: x:1\n  componentPath: y\nbiuld: {}\nzzz: 1\n');
    expect(warnings).toEqual([
      '.wash/config.yaml:2:3: dev.adress is not a known key and has no effect. Did you mean address?',
      '.wash/config.yaml:3:3: dev.componentPath is not a known key and has no effect. Did you mean component_path?',
      '.wash/config.yaml:4:1: biuld is not a known key and has no effect. Did you mean build?',
      '.wash/config.yaml:5:1: zzz is not a known key and has no effect.',
    ]);
  });

  test('an unknown key is told even where something else is wrong', async () => {
    const message = await messageOf(loadYaml('dev:\n  adress: x:1\n  address: 1\n'));
    expect(message).toContain('dev.adress is not a known key');
  });

  test('a key that is not served yet is accepted and named once', async () => {
    const { warnings } = await loadYaml('dev:\n  wasm_proposals: [threads]\n  service: false\n');
    expect(warnings).toEqual([
      expect.stringMatching(/^\.wash\/config\.yaml:2:3: dev\.wasm_proposals has no effect yet: /),
    ]);
  });
});
