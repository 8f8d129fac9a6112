import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { loadAllSettings } from '../../host/composition/all-settings.ts';
import { generatedFiles } from '../../host/composition/generate-documents.ts';
import { resolveSettings } from '../../host/composition/settings.ts';
import { fileKeys } from '../../host/settings/resolve-settings.ts';
import { keyReferences } from '../../host/settings/setting-tables.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

test('the JSON Schema and the tables of the docs are what the schema generates', async () => {
  for (const [url, content] of await generatedFiles()) {
    const hint = `${url.pathname} is out of date. Run: npm run schema`;
    expect(await readFile(url, 'utf8'), hint).toBe(content);
  }
});

test('every key has a meaning', async () => {
  const references = await keyReferences(await fileKeys(await loadAllSettings()));
  expect(references.filter(({ meaning }) => meaning === '')).toEqual([]);
});

describe('the examples', () => {
  test.each([
    ['in_memory', { kind: 'in_memory' }],
    ['filesystem', { kind: 'filesystem', path: `${root}.kvasi/state/files` }],
    ['sqlite', { kind: 'sqlite', path: `${root}.kvasi/state/kv.db` }],
    ['redis', { kind: 'redis', url: 'redis://127.0.0.1:6379' }],
    ['nats', { kind: 'nats', url: 'nats://127.0.0.1:4222' }],
    ['postgres', { kind: 'postgres', url: 'postgres://postgres:secret@127.0.0.1:5432/postgres' }],
  ])('config/%s.yaml', async (name, backend) => {
    const config = `config/${name}.yaml`;
    const { settings, warnings } = await resolveSettings({ cwd: root, env: {}, flags: { config } });
    expect(settings.keyvalue.default).toEqual(backend);
    expect(settings.component).toBe(`${root}components/http-kv-handler/http-kv-handler.wasm`);
    expect(warnings.filter((warning) => !warning.includes('in memory only'))).toEqual([]);
    expect(await readFile(`${root}${config}`, 'utf8')).toMatch(
      /^# yaml-language-server: \$schema=\.\/kvasi\.schema\.json\n/,
    );
  });

  test('.wash/config.yaml, which npm start uses', async () => {
    const { settings, warnings } = await resolveSettings({ cwd: root, env: {}, flags: {} });
    expect(settings.configFile).toBe(`${root}.wash/config.yaml`);
    expect(settings.component).toBe(`${root}components/http-kv-handler/http-kv-handler.wasm`);
    expect(settings.keyvalue.others).toEqual({ kind: 'in_memory' });
    expect(warnings).toEqual([]);
  });
});
