import { execFileSync } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { explainLines } from '../../host/composition/explain-settings.ts';
import { type ResolvedSettings, resolveSettings } from '../../host/composition/settings.ts';
import { readScenarios } from '../../host/testing/scenarios/read-scenarios.ts';
import { Project } from '../support/project.ts';
import { rounds } from '../support/rounds.ts';

/** Reads a configuration file and answers its warnings, or the message with which it is refused. */
async function told(name: string, contents: string | Uint8Array): Promise<readonly string[]> {
  await using project = await Project.create({ [name]: contents });
  return await toldOf(project, name);
}

async function toldOf(project: Project, config: string): Promise<readonly string[]> {
  try {
    return (await resolve(project, config)).warnings;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'HostError') throw error;
    return error.message.split('\n');
  }
}

function resolve(project: Project, config: string): Promise<ResolvedSettings> {
  return resolveSettings({ cwd: project.folder, env: {}, flags: { config } });
}

const many = Array.from({ length: 50_000 }, (_, index) => `unknown_${index}`);

test.for([
  ['yaml', `dev:\n${many.map((key) => `  ${key}: 1\n`).join('')}`],
  ['json', JSON.stringify({ dev: Object.fromEntries(many.map((key) => [key, 1])) })],
  ['toml', `[dev]\n${many.map((key) => `${key} = 1\n`).join('')}`],
])(
  '50,000 unknown keys in a .%s file are told in seconds, the first 50 by name',
  { timeout: 20_000 },
  async ([extension, contents]) => {
    const warnings = await told(`config.${extension}`, contents ?? '');
    expect(warnings).toHaveLength(51);
    expect(warnings[0]).toContain('dev.unknown_0 is not a known key');
    expect(warnings[50]).toBe('and 49950 more warnings.');
  },
);

test('20,000 names of sources that are not there are one message of bounded length', {
  timeout: 20_000,
}, async () => {
  const names = Array.from({ length: 20_000 }, (_, index) => `name${index}`);
  const configs = names.map((name) => `  ${name}x: { inline: { a: b } }\n`).join('');
  const contents = `workload:\n  environment:\n    configFrom: [${names.join(',')}]\nconfigs:\n${configs}`;
  const lines = await told('config.yaml', contents);
  expect(lines[0]).toBe('The configuration has 20000 problems:');
  expect(lines).toHaveLength(52);
});

test('a source that is named 20,000 times is read once', { timeout: 20_000 }, async () => {
  const values = Array.from({ length: 20_000 }, (_, index) => `      V${index}: x\n`).join('');
  const names = Array.from({ length: 20_000 }, () => 'a').join(',');
  const contents = `workload: { environment: { configFrom: [${names}] } }\nconfigs:\n  a:\n    inline:\n${values}`;
  await using project = await Project.create({ 'config.yaml': contents });
  expect(Object.keys((await resolve(project, 'config.yaml')).settings.environment)).toHaveLength(20_000);
});

const ninefold = (name: string, of: string): string => `${name}: &${name} [${Array(9).fill(of).join(',')}]\n`;
const bomb =
  ninefold('a', '1') +
  [...'bcdefghij'].map((name, index) => ninefold(name, `*${'abcdefghi'[index]}`)).join('');
const aliases = Array.from({ length: 20_000 }, (_, index) => `  - &a${index} 1\n  - *a${index}\n`).join('');

test.for([
  [
    'lists 100,000 deep',
    'config.yaml',
    `dev:\n  x: ${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    /nested too deep/,
  ],
  [
    'lists 150 deep',
    'config.yaml',
    `dev:\n  x: ${'['.repeat(150)}${']'.repeat(150)}`,
    /nested more than 100 deep/,
  ],
  [
    'JSON 200,000 deep',
    'config.json',
    '['.repeat(200_000) + ']'.repeat(200_000),
    /nested more than 100 deep/,
  ],
  ['TOML 500 deep', 'config.toml', `a = ${'['.repeat(500)}${']'.repeat(500)}`, /nested more than 100 deep/],
  ['a map in itself', 'config.yaml', 'dev: &a\n  keyvalue: *a\n', /contains itself/],
  ['aliases that grow', 'config.yaml', bomb, /Excessive alias count/],
  ['20,000 aliases', 'config.yaml', `a:\n${aliases}`, /more than 1000 aliases/],
  [
    'a key that is there twice',
    'config.yaml',
    'dev:\n  x: 1\n  "x": 2\n',
    /:3:3: not valid YAML: Map keys must be unique/,
  ],
  [
    'a key that is there twice in JSON',
    'config.json',
    '{"dev":{"threads":1},\n"dev":{"threads":2}}',
    /:2:1: not valid JSON: Map keys must be unique/,
  ],
  [
    'a list in 100,000 lists',
    'config.yaml',
    '- '.repeat(100_000),
    /^config\.yaml:\d+:\d+: not valid YAML: maps and lists are nested too deep$/,
  ],
  [
    'two documents',
    'config.yaml',
    'dev: {}\n---\ndev: {}\n',
    /^config\.yaml:2:1: not valid YAML: there are several documents in it; keep one$/,
  ],
  ['9 MB', 'config.yaml', `# ${'x'.repeat(9_000_000)}`, /has 9000002 bytes; at most 8388608/],
  [
    'half of a character in a value',
    'config.yaml',
    'dev: { address: "\\ud800" }',
    /:1:17: dev\.address has half of a surrogate pair in its value/,
  ],
  [
    'half of a character in a key',
    'config.json',
    '{"workload":{"config":{"\\udc00":"x"}}}',
    /has half of a surrogate pair in its key/,
  ],
  [
    'NUL in a variable',
    'config.yaml',
    'workload: { environment: { config: { A: "a\\0b" } } }',
    /environment\.config\.A is text\. Expected .* NUL/,
  ],
  [
    '"=" in the name of one',
    'config.yaml',
    'build: { env: { "A=B": c } }',
    /build\.env\["A=B"\].*without "="/,
  ],
  [
    'NUL in a command',
    'config.yaml',
    'build: { command: "make\\0" }',
    /Expected a command without the NUL character/,
  ],
] as const)('refused, and in no time: %s', async ([, name, contents, message]) => {
  const started = performance.now();
  expect((await told(name, contents)).join('\n')).toMatch(message);
  expect(performance.now() - started).toBeLessThan(10_000);
});

test('a TOML file changes nothing but the settings', async () => {
  await told('config.toml', '[__proto__]\nchanged = 1\n[dev.keyvalue.__proto__]\nchanged = 1\n');
  expect('changed' in {}).toBe(false);
});

test('what follows from one mistake is told once', async () => {
  const lines = await told('config.yaml', `a: ${'[\n'.repeat(1000)}`);
  expect(lines.length).toBeLessThan(5);
  expect(new Set(lines.map((line) => line.replace(/^\S+ /, ''))).size).toBe(lines.length);
});

test('as many values as there are are shown', { timeout: 20_000 }, async () => {
  const values = Array.from({ length: rounds.values }, (_, index) => `      V${index}: x\n`).join('');
  await using project = await Project.create({
    'config.yaml': `workload:\n  environment:\n    config:\n${values}`,
  });
  const lines = await explainLines(await resolve(project, 'config.yaml'));
  expect(
    lines.filter((line) => /^environment\.V\d+ = x +\(from config\.yaml:\d+:7\)$/.test(line)),
  ).toHaveLength(rounds.values);
});

test('a million characters are not repeated in a message', async () => {
  const lines = await told(
    'config.yaml',
    `dev:\n  ? ${'k'.repeat(1e6)}\n  : 1\n  address: ${'a.'.repeat(5e5)}\n`,
  );
  expect(lines.join('\n').length).toBeLessThan(1000);
});

test.skipIf(process.platform === 'win32')('what is no plain file is refused at once', async () => {
  await using project = await Project.create({
    '.wash/config.yaml': 'workload: { environment: { configFrom: [a] } }\nconfigs: { a: { file: pipe } }\n',
  });
  execFileSync('mkfifo', ['pipe', 'pipe.yaml', 'pipe.toml'], { cwd: project.folder });
  expect(await toldOf(project, 'pipe.yaml')).toEqual([
    expect.stringMatching(/^pipe\.yaml is a named pipe, no plain file\./),
  ]);
  expect(await toldOf(project, 'pipe.toml')).toEqual([expect.stringMatching(/is a named pipe/)]);
  expect(await toldOf(project, '/dev/null')).toEqual([
    expect.stringMatching(/^\/dev\/null is a device, no plain file\./),
  ]);
  expect(await toldOf(project, '.wash/config.yaml')).toEqual([
    expect.stringMatching(/configs\.a\.file: .*pipe is a named pipe/),
  ]);
  await expect(readScenarios('pipe.yaml', project.folder)).rejects.toThrow(/pipe\.yaml is a named pipe/);
});

test.skipIf(process.platform === 'win32')(
  'a pipe in the place of the file that is looked for is not passed over',
  async () => {
    await using project = await Project.create({ '.wash/config.toml': '' });
    execFileSync('mkfifo', ['.wash/config.yaml'], { cwd: project.folder });
    const found = resolveSettings({ cwd: project.folder, env: {}, flags: {} });
    await expect(found).rejects.toThrow(/\.wash\/config\.yaml is a named pipe/);
  },
);

test.skipIf(process.platform === 'win32')(
  'a link that leads nowhere in the place of the file that is looked for is not passed over',
  async () => {
    await using project = await Project.create({ '.wash/config.toml': '' });
    await symlink('nowhere.yaml', join(project.folder, '.wash/config.yaml'));
    const found = resolveSettings({ cwd: project.folder, env: {}, flags: {} });
    await expect(found).rejects.toThrow(/\.wash\/config\.yaml does not exist/);
  },
);

test('values of files that are no text are refused, not replaced', async () => {
  const config = 'workload: { environment: { configFrom: [a] } }\nconfigs: { a: { KIND: PLACE } }\n';
  const latin = Uint8Array.of(0x41, 0x3d, 0xe9);
  await using project = await Project.create({
    'app.env': latin,
    'values/A': latin,
    'nul.env': 'A=a\0b\n',
    'file.yaml': config.replace('KIND', 'file').replace('PLACE', 'app.env'),
    'dir.yaml': config.replace('KIND', 'dir').replace('PLACE', 'values'),
    'nul.yaml': config.replace('KIND', 'file').replace('PLACE', 'nul.env'),
  });
  expect(await toldOf(project, 'file.yaml')).toEqual([expect.stringMatching(/app\.env is not UTF-8 text/)]);
  expect(await toldOf(project, 'dir.yaml')).toEqual([expect.stringMatching(/A is not UTF-8 text/)]);
  expect(await toldOf(project, 'nul.yaml')).toEqual([
    expect.stringMatching(/the value of A has a NUL character/),
  ]);
});

test('a scenario with half of a character is refused with its place', async () => {
  const source =
    'component: a.wasm\nscenarios:\n  - name: one\n    before: { b: { k: "x\\ud800" } }\n    steps: []\n';
  await using project = await Project.create({ 'a.yaml': source });
  await expect(readScenarios('a.yaml', project.folder)).rejects.toThrow(
    /a\.yaml:4:23: .*half of a surrogate pair/,
  );
});
