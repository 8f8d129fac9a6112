import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  allCapabilities,
  capabilityMarkdown,
} from '../../host/interfaces/keyvalue/backends/capability-table.ts';
import { loadBackendModule } from '../../host/interfaces/keyvalue/backends/registry.ts';
import { component, KvasiDev, root } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';

const document = await readFile(join(root, 'docs/backends.md'), 'utf8');

/** The backend that the document shows. */
function example(): string {
  return /```ts\n([\s\S]*?)```/.exec(document)?.[1] ?? '';
}

test('the table of capabilities is that of the code', async () => {
  const table = capabilityMarkdown(await allCapabilities());
  expect(document).toContain(`<!-- capabilities -->\n\n${table}\n\n<!-- /capabilities -->`);
});

test('the backend of the document is under 60 lines and serves a component', async () => {
  expect(example().trim().split('\n').length).toBeLessThan(60);
  await using project = await Project.create({
    '.wash/config.yaml': 'dev:\n  keyvalue:\n    default: { backend: ./my-backend.ts }\n',
    'my-backend.ts': example().replace("'kvasi/backend'", JSON.stringify(join(root, 'host/backend.ts'))),
  });
  await using kvasi = await KvasiDev.start([component('kv-probe', 'kv-probe-draft2')], {
    cwd: project.folder,
  });
  expect(kvasi.stderr.replace(/^transpiling .*\n/, '')).toBe('');
  const call = async (operation: string, fields: object): Promise<unknown> => {
    const body = JSON.stringify({ bucket: 'b', ...fields });
    return await (await kvasi.fetch(`/${operation}`, { method: 'POST', body })).json();
  };
  expect(await call('increment', { key: 'n', delta: '41' })).toEqual({ ok: '41' });
  expect(await call('increment', { key: 'n', delta: '1' })).toEqual({ ok: '42' });
  const key = 'k';
  const [one, two] = ['b25l', 'dHdv'];
  expect(await call('set', { key, value: one })).toEqual({ ok: null });
  expect(await call('cas-swap', { key, value: two })).toMatchObject({ ok: { swaps: [{ ok: null }] } });
  expect(await call('get', { key })).toEqual({ ok: two });
  expect(await call('list-keys', {})).toEqual({ ok: { keys: ['k', 'n'], cursor: null } });
});

test('a module that is no backend is an error that says what it should be', async () => {
  await using project = await Project.create({
    '.wash/config.yaml': 'dev:\n  keyvalue:\n    default: { backend: ./my-backend.ts }\n',
    'my-backend.ts': 'export const nothing = 1;\n',
  });
  await using kvasi = await KvasiDev.start([component('kv-probe', 'kv-probe-draft2')], {
    cwd: project.folder,
  });
  const answer = await kvasi.text('/get', { method: 'POST', body: '{"bucket":"b","key":"k"}' });
  expect(answer).toContain('defineBackend');
});

test('a module that calls its capabilities promises, as it once had to, is told the new name', async () => {
  await using project = await Project.create({
    'old.mjs': `export default { name: 'old', options: {}, promises: {}, connect() {} };`,
  });
  await expect(loadBackendModule(join(project.folder, 'old.mjs'))).rejects.toThrow(
    /old\.mjs exports no backend: promises is called capabilities now; rename it/,
  );
});
