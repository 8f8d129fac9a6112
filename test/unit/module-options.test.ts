import { join } from 'node:path';
import { expect, test } from 'vitest';
import { resolveSettings } from '../../host/composition/settings.ts';
import { component, KvasiDev, root, runKvasi } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';

/** A backend that takes `size`, a number, and answers every get with its options. */
const code = `
import * as v from ${JSON.stringify(join(root, 'node_modules/valibot/dist/index.mjs'))};
import { defineBackend } from ${JSON.stringify(join(root, 'host/backend.ts'))};
import { memory } from ${JSON.stringify(join(root, 'host/interfaces/keyvalue/backends/memory/memory.ts'))};
export default defineBackend({
  name: 'mine',
  options: v.looseObject({ size: v.optional(v.number(), 3), nested: v.optional(v.object({ deep: v.string() })) }),
  capabilities: memory.capabilities,
  connect: (options) => ({ open: () => ({ get: () => Buffer.from(JSON.stringify(options)) }), close() {} }),
});
`;

async function projectWith(entry: string): Promise<Project> {
  const yaml = `dev:\n  keyvalue:\n    default: { backend: ./mine.ts, ${entry} }\n`;
  return await Project.create({ 'mine.ts': code, '.wash/config.yaml': yaml });
}

const load = (project: Project) => resolveSettings({ cwd: project.folder, env: {}, flags: {} });

test('a module gets every key of its entry but those that are the host’s', async () => {
  const own = 'size: 5, path: data, url: "x://y", list: [1, { a: true }], empty: ';
  await using project = await projectWith(`ttl: 60s, prefix: p, counters: wash, ${own}`);
  const { settings, warnings } = await load(project);
  expect(settings.keyvalue.default).toEqual({
    kind: 'module',
    path: join(project.folder, 'mine.ts'),
    ttl: 60_000,
    prefix: 'p',
    counters: 'wash',
    options: { size: 5, path: 'data', url: 'x://y', list: [1, { a: true }] },
  });
  expect(warnings).toEqual([]);
});

test('what its schema does not take is told with file, line and key', async () => {
  await using project = await projectWith('size: large, nested: { deep: 1 }');
  const message = await load(project).catch((error: Error) => error.message);
  expect(message).toMatch(/\.wash\/config\.yaml:3:42: dev\.keyvalue\.default\.size can't be used: .*number/);
  expect(message).toMatch(/\.wash\/config\.yaml:3:65: dev\.keyvalue\.default\.nested\.deep can't be used: /);
});

test('options reach the backend as its schema let them through, and kvasi config names them', async () => {
  await using project = await projectWith('color: red');
  await using kvasi = await KvasiDev.start([component('kv-probe', 'kv-probe-draft2')], {
    cwd: project.folder,
  });
  const answer = await kvasi.fetch('/get', { method: 'POST', body: '{"bucket":"b","key":"k"}' });
  const { ok } = (await answer.json()) as { ok: string };
  expect(JSON.parse(Buffer.from(ok, 'base64').toString())).toEqual({ color: 'red', size: 3 });
  const { stdout } = await runKvasi(['config'], { cwd: project.folder });
  expect(stdout).toMatch(/keyvalue\.default = module .*mine\.ts \(options color\)/);
});
