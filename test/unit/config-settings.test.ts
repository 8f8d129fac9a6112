import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { explainLines, explainSettings } from '../../host/composition/explain-settings.ts';
import type { Flags } from '../../host/composition/settings.ts';
import { resolveSettings } from '../../host/composition/settings.ts';
import { ruleFor } from '../../host/interfaces/keyvalue/configuration/store-rules.ts';

let project: string;
beforeEach(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'kvasi-settings-')));
});
afterEach(() => rmSync(project, { recursive: true }));

function write(name: string, content: string, mode = 0o644): void {
  mkdirSync(dirname(join(project, name)), { recursive: true });
  writeFileSync(join(project, name), content);
  chmodSync(join(project, name), mode);
}

const load = (content: string, flags: Flags = {}, env: Record<string, string> = {}) => {
  write('.wash/config.yaml', content);
  return resolveSettings({ cwd: project, env, flags });
};

describe('later wins', () => {
  test('file, then variable, then flag', async () => {
    const content = 'dev:\n  address: file:1\n';
    const env = { KVASI_ADDRESS: 'variable:2' };
    const cases = [
      [{}, {}, 'file', '.wash/config.yaml:2:3'],
      [{}, env, 'variable', 'KVASI_ADDRESS'],
      [{ address: 'flag:3' }, env, 'flag', '--address'],
      [{}, { KVASI_ADDRESS: '' }, 'file', '.wash/config.yaml:2:3'],
    ] as const;
    for (const [flags, variables, host, origin] of cases) {
      const { settings, origins } = await load(content, flags, variables);
      expect(settings.address.host).toBe(host);
      expect(origins.get('address')).toBe(origin);
    }
  });

  test('every variable is read', async () => {
    write('other.yaml', 'dev: { address: "x:1" }');
    const env = {
      KVASI_CONFIG: 'other.yaml',
      KVASI_COMPONENT: 'v.wasm',
      KVASI_BACKEND: 'redis://h:1',
      KVASI_INSTANCES: 'reuse',
      KVASI_REQUEST_TIMEOUT: '5s',
      KVASI_LOG_LEVEL: 'debug',
    };
    const { settings, origins } = await resolveSettings({ cwd: project, env, flags: {} });
    expect(settings).toMatchObject({
      configFile: join(project, 'other.yaml'),
      component: join(project, 'v.wasm'),
      instances: 'reuse',
      requestTimeout: 5_000,
      logLevel: 'debug',
      keyvalue: { default: { kind: 'redis', url: 'redis://h:1' } },
    });
    expect(origins.get('keyvalue.default')).toBe('KVASI_BACKEND');
    expect(origins.get('configFile')).toBe('KVASI_CONFIG');
  });

  test('dev.component_path wins over build.component_path', async () => {
    const build = 'build: { component_path: b.wasm }\n';
    expect((await load(build)).settings.component).toBe(join(project, 'b.wasm'));
    const both = await load(`${build}dev: { component_path: d.wasm }`);
    expect(both.settings.component).toBe(join(project, 'd.wasm'));
    expect((await load(build, { component: 'f.wasm' })).settings.component).toBe(join(project, 'f.wasm'));
  });

  test('-C moves where the project and relative paths are looked for', async () => {
    write('sub/.wash/config.yaml', 'dev: { address: "sub:1" }');
    const flags = { directory: 'sub', component: 'x.wasm' };
    const { settings } = await resolveSettings({ cwd: project, env: {}, flags });
    expect(settings.address.host).toBe('sub');
    expect(settings.component).toBe(join(project, 'sub/x.wasm'));
  });

  test('wrong flags and variables are named together with what is wrong in the file', async () => {
    const env = { KVASI_INSTANCES: 'some' };
    const loading = load('dev: { requestTimeout: x }', { address: '8000', env: ['=x'] }, env);
    const error: unknown = await loading.catch((thrown) => thrown);
    expect(String(error)).toMatch(/has 4 problems/);
    expect(String(error)).toMatch(/--address is "8000"\. Expected host:port/);
    expect(String(error)).toMatch(/KVASI_INSTANCES is "some"\. Expected one of fresh, reuse\./);
    expect(String(error)).toMatch(/--env is "=x"\. Expected NAME=VALUE\./);
  });
});

describe('stores', () => {
  const kinds = { redis: 'wasi_keyvalue_redis_url: redis://r', nats: 'wasi_keyvalue_nats_url: nats://n' };
  const filesystem = 'wasi_keyvalue_path: kv';
  const dataNats = 'data_nats_url: nats://d';

  test.each([
    [[dataNats, filesystem, kinds.nats, kinds.redis], 'redis'],
    [[dataNats, filesystem, kinds.nats], 'nats'],
    [[dataNats, filesystem], 'filesystem'],
    [[dataNats], 'nats'],
    [[], 'in_memory'],
  ])('of %j the default is %s', async (keys, kind) => {
    const { settings } = await load(`dev:\n${keys.map((key) => `  ${key}\n`).join('')}`);
    expect(settings.keyvalue.default.kind).toBe(kind);
    expect(ruleFor(settings.keyvalue, 'in_memory')).toBe(settings.keyvalue.default);
  });

  test('an identifier that names a configured backend gets it', async () => {
    const { settings } = await load(`dev:\n  ${kinds.redis}\n  ${kinds.nats}\n  ${filesystem}\n`);
    expect(ruleFor(settings.keyvalue, 'nats')).toEqual({ kind: 'nats', url: 'nats://n' });
    expect(ruleFor(settings.keyvalue, 'filesystem')).toEqual({
      kind: 'filesystem',
      path: join(project, 'kv'),
    });
    expect(ruleFor(settings.keyvalue, 'anything')).toEqual({ kind: 'redis', url: 'redis://r' });
  });

  test('dev.keyvalue names stores, refusals and the rest', async () => {
    const { settings, warnings } = await load(`
dev:
  wasi_keyvalue_redis_url: redis://flat
  keyvalue:
    default: { backend: sqlite }
    sessions: { backend: redis, prefix: "s:", ttl: 60s }
    mine: { backend: ./my-backend.ts, url: x }
    other: { backend: sqlite, url: x, pth: y }
    secrets: deny
    "*": no-such-store
`);
    const { keyvalue } = settings;
    expect(keyvalue.default).toEqual({ kind: 'sqlite', path: join(project, '.kvasi/state/kv.db') });
    expect(ruleFor(keyvalue, 'default')).toBe(keyvalue.default);
    expect(ruleFor(keyvalue, 'sessions')).toEqual({
      kind: 'redis',
      url: 'redis://flat',
      prefix: 's:',
      ttl: 60_000,
    });
    expect(ruleFor(keyvalue, 'mine')).toEqual({
      kind: 'module',
      path: join(project, 'my-backend.ts'),
      options: { url: 'x' },
    });
    expect(ruleFor(keyvalue, 'secrets')).toBe('deny');
    expect(ruleFor(keyvalue, 'toString')).toBe('no-such-store');
    expect(warnings).toContain(
      '.wash/config.yaml:8:31: dev.keyvalue.other.url has no effect on the backend sqlite.',
    );
    expect(warnings).toContain(
      '.wash/config.yaml:8:39: dev.keyvalue.other.pth is not a known key and has no effect. Did you mean path?',
    );
    expect(warnings).toContainEqual(
      expect.stringMatching(/^\.wash\/config\.yaml:7:22: dev\.keyvalue\.mine\.backend: .*can't be loaded/),
    );
  });

  test.each([
    ['in_memory', { kind: 'in_memory' }],
    ['redis', { kind: 'redis', url: 'redis://r' }],
    ['nats', { kind: 'nats', url: 'nats://127.0.0.1:4222' }],
    ['rediss://h:1/2', { kind: 'redis', url: 'rediss://h:1/2' }],
    ['tls://h', { kind: 'nats', url: 'tls://h' }],
    ['nats://a:1,b:2', { kind: 'nats', url: 'nats://a:1,b:2' }],
    ['postgres', { kind: 'postgres', url: 'postgres://127.0.0.1:5432' }],
    ['postgresql://h/d', { kind: 'postgres', url: 'postgresql://h/d' }],
    ['postgres://u:p@a:1,b:2/d', { kind: 'postgres', url: 'postgres://u:p@a:1,b:2/d' }],
    ['sqlite:/x.db', { kind: 'sqlite', path: '/x.db' }],
    ['/a/b.ts', { kind: 'module', path: '/a/b.ts', options: {} }],
  ])('--backend %s serves every identifier', async (backend, expected) => {
    const { settings } = await load(`dev: { ${kinds.redis}, keyvalue: { a: deny } }`, { backend });
    for (const identifier of ['a', 'redis', 'x']) {
      expect(ruleFor(settings.keyvalue, identifier)).toEqual(expected);
    }
  });

  test.each(['redsi', 'http://h', 'redis://', 'sqlite:', ''])('--backend %j is refused', async (backend) => {
    await expect(load('', { backend })).rejects.toThrow(/^--backend is .* Expected /);
  });
});

describe('what the component gets', () => {
  const sources = `
workload:
  environment:
    config: { A: inline, B: inline, C: inline }
    configFrom: [app]
    secretFrom: [login]
configs:
  app: { inline: { B: source }, file: app.env }
secrets:
  login: { dir: secrets, fromEnv: [TOKEN] }
`;

  test('variables from config, configs, secrets and --env; later wins', async () => {
    write('app.env', '# comment\n\nC = from file \nQ="quoted=yes"\r\n');
    write('secrets/D', 'from dir\n');
    write('secrets/.hidden', 'x');
    const { settings, origins } = await load(
      sources,
      { env: ['A=flag', 'E=a=b', 'PASS'] },
      { TOKEN: 't', PASS: 'p' },
    );
    expect(settings.environment).toEqual({
      A: 'flag',
      B: 'source',
      C: 'from file',
      Q: '"quoted=yes"',
      D: 'from dir\n',
      TOKEN: 't',
      E: 'a=b',
      PASS: 'p',
    });
    expect(origins.get('environment.A')).toBe('--env');
    expect(origins.get('environment.C')).toBe('.wash/config.yaml:8:33');
  });

  test('what is missing is named with its place', async () => {
    const loading = load(sources.replace('[app]', '[ap]'));
    const message = String(await loading.catch((error: unknown) => error));
    expect(message).toMatch(
      /config\.yaml:5:18: workload\.environment\.configFrom\[0\] names "ap".*mean app\?/,
    );
    expect(message).toMatch(/secrets\.login\.dir: .*secrets can't be read: it does not exist\./);
    expect(message).toMatch(/fromEnv\[0\] asks for the environment variable TOKEN, which is not set/);
  });

  const secretFile = (file: string) =>
    load(`workload: { environment: { secretFrom: [s] } }\nsecrets: { s: { file: ${file} } }\n`);

  test.skipIf(process.platform === 'win32')('a secret that others can read is refused', async () => {
    write('s.env', 'K=v');
    await expect(secretFile('s.env')).rejects.toThrow(/has mode 644; .* Run: chmod 600/);
    write('s.env', 'K=v', 0o600);
    expect((await secretFile('s.env')).settings.environment).toEqual({ K: 'v' });
  });

  test('a relative path does not lead out of the project, and a broken line is named', async () => {
    symlinkSync(process.execPath, join(project, 'link'));
    await expect(secretFile('link')).rejects.toThrow(/link leads out of the project/);
    write('s.env', 'A=1\nnonsense\n', 0o600);
    await expect(secretFile('s.env')).rejects.toThrow(/s\.env:2: the line is not KEY=VALUE/);
  });

  test.each([
    ['', []],
    ['workload:\n', []],
    ['workload: {}\n', 'all'],
    ['workload: { allowedHosts: [] }\n', []],
    ['workload: { allowedHosts: ["*"] }\n', 'all'],
    ['workload: { allowedHosts: [h, "*.h:1", "https://h/"] }\n', ['h', '*.h:1', 'https://h/']],
  ])('allowed hosts of %j', async (content, hosts) => {
    expect((await load(content)).settings.allowedHosts).toEqual(hosts);
  });

  test('volumes are absolute', async () => {
    const { settings } = await load('dev: { volumes: [{ host_path: ./data, guest_path: /data }] }');
    expect(settings.volumes).toEqual([{ hostPath: join(project, 'data'), guestPath: '/data' }]);
  });
});

describe('what is shown', () => {
  const content = `
dev: { wasi_keyvalue_redis_url: "redis://me:hunter2@h:1/0?password=hunter2", keyvalue: { n: { backend: nats, url: "nats://hunter2@h" } } }
build: { env: { NPM_TOKEN: hunter2 } }
workload: { environment: { config: { DB: "postgres://u:hunter2@h", MY_PASSWORD: hunter2 }, secretFrom: [s] }, config: { api_key: hunter2 } }
secrets: { s: { inline: { PLAIN: hunter2 } } }
`;

  test('lines of key, value and origin, without any secret', async () => {
    const resolved = await load(content, { address: '[::1]:0' });
    const lines = await explainLines(resolved);
    expect(lines).toContainEqual(expect.stringMatching(/^address = \[::1\]:0 +\(from --address\)$/));
    expect(lines).toContainEqual(
      expect.stringMatching(/^keyvalue\.default = redis redis:\/\/me:\*\*\*@h:1\/0\?password=\*\*\* /),
    );
    expect(lines).toContainEqual(
      expect.stringMatching(/^environment\.PLAIN = \*\*\* +\(from \.wash\/config\.yaml:5:27\)$/),
    );
    expect(lines.join('\n')).not.toContain('hunter2');
    expect(resolved.warnings.join('\n')).not.toContain('hunter2');
    expect(JSON.stringify(await explainSettings(resolved))).not.toContain('hunter2');
    expect(resolved.settings.environment.PLAIN).toBe('hunter2');
  });

  test.each([
    'dev: { wasi_keyvalue_redis_url: "http://me:hunter2@h" }',
    'dev: { wasi_keyvalue_redis_url: "redis://me:hunt/hunter2@h" }',
    'dev: { wasi_keyvalue_nats_url: "nats://hunter2@" }',
    'secrets: { s: { inline: { PIN: [hunter2] } } }',
    'secrets: { s: { inline: hunter2 } }',
  ])('no error quotes a secret: %s', async (wrong) => {
    const error: unknown = await load(wrong).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).not.toContain('hunter2');
  });
});
