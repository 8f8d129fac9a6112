import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { indentedBlocks } from '../packaging/document-blocks.ts';
import { hostUrl } from '../support/host-url.ts';
import { component, KvasiDev, root, runKvasi } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';

const run = promisify(execFile);
const blocks = indentedBlocks(await readFile(join(root, 'docs/messages.md'), 'utf8'));
const files = {
  'package.json': '{"private":true,"type":"module"}',
  'shop.wasm': await readFile(component('messaging/messenger', 'messenger')),
  'worker.wasm': await readFile(component('messaging/listener', 'listener')),
};

function blockWith(beginning: string): string {
  const block = blocks.find((one) => one.startsWith(beginning));
  if (block === undefined) throw new Error(`docs/messages.md has no block that begins with ${beginning}`);
  return block;
}

test('the configuration of docs/messages.md is served as it says', async () => {
  await using project = await Project.create({
    ...files,
    '.wash/config.yaml': blockWith('dev:\n  component_path'),
  });
  await using kvasi = await KvasiDev.start([], { cwd: project.folder });
  const ask = (subject: string): Promise<string> =>
    kvasi.text(`/request?subject=${subject}`, { method: 'POST', body: 'this' });
  expect(await ask('tasks.one')).toBe(' heard this');
  expect(await ask('audit.a.b')).toBe(' heard this');
  expect(await ask('orders.new')).toBe('this');
  expect(await ask('tasks.a.b')).toContain('no responders');
  expect(kvasi.stderr).toBe('');
});

test('the program of docs/messages.md runs as written', async () => {
  await using project = await Project.create({ ...files, 'program.mjs': blockWith('import assert') });
  const place = join(project.folder, 'node_modules/kvasi');
  await mkdir(place, { recursive: true });
  await writeFile(
    join(place, 'package.json'),
    '{"name":"kvasi","type":"module","exports":{"./testing":"./testing.js"}}',
  );
  await writeFile(join(place, 'testing.js'), `export * from ${JSON.stringify(hostUrl('testing').href)};\n`);
  const options = { cwd: project.folder, timeout: 50_000 };
  expect(await run(process.execPath, ['program.mjs'], options)).toEqual({ stdout: '', stderr: '' });
});

test('the scenarios of docs/messages.md pass as written, and tell what differs', async () => {
  const scenarios = blockWith('component: shop.wasm');
  const wrong = scenarios
    .replace('messages: [orders.accepted]', 'messages: [orders.refused]')
    .replace('reply: a pen', 'reply: a book')
    .replace('outcome: failed', 'outcome: handled');
  await using project = await Project.create({ ...files, 'right.yaml': scenarios, 'wrong.yaml': wrong });
  const right = await runKvasi(['test', 'right.yaml'], { cwd: project.folder });
  expect(right.stdout + right.stderr).toContain('1 passed');
  expect(right.code).toBe(0);
  const { code, stdout } = await runKvasi(['test', 'wrong.yaml'], { cwd: project.folder });
  expect(code).toBe(1);
  expect(stdout).toContain('it published orders.accepted. Expected orders.refused.');
});
