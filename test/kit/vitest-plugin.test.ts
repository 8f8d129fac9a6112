import { spawn } from 'node:child_process';
import { copyFile, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type HostEntry, hostUrl } from '../support/host-url.ts';
import { component, root } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';

const imported = (entry: HostEntry): string => JSON.stringify(hostUrl(entry).href);

/** A file of tests that uses a component in one way or another. */
const uses: Readonly<Record<string, string>> = {
  'fixture.test.js': `
    import { hostTest } from ${imported('vitest')};
    hostTest({ component: 'app.wasm' })('by a fixture', async ({ host }) => { await host.fetch('/visits'); });`,
  'top.test.js': `
    import { expect, test } from 'vitest';
    import { startHost } from ${imported('testing')};
    const host = await startHost({ component: ['a', 'p', 'p.wasm'].join('') });
    test('by a path that is made up', async () => { await host.close(); });`,
  'other.test.js': `
    import { beforeAll, expect, test } from 'vitest';
    import { startHost } from ${imported('testing')};
    let host;
    beforeAll(async () => { host = await startHost({ component: 'other.wasm' }); return () => host.close(); });
    test('another one', async () => { await host.fetch('/visits'); });`,
  'none.test.js': `
    import { test } from 'vitest';
    test('none', () => {});`,
};

test('a component that changes has those tests run again that use it', { timeout: 240_000 }, async () => {
  await using project = await Project.create({
    ...uses,
    'vitest.config.js': `
      import { kvasi } from ${imported('vitest-plugin')};
      export default { plugins: [kvasi()], test: { reporters: ['verbose'], fileParallelism: false, testTimeout: 60_000 } };`,
    'package.json': '{"private":true,"type":"module"}',
    'tmp/.keep': '',
  });
  const { folder } = project;
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const change = (name: string, to: string) => copyFile(component(to), join(folder, name));
  await change('app.wasm', 'kv-counter');
  await change('other.wasm', 'kv-counter');
  const child = spawn(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'watch'], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', CI: '', TMPDIR: join(folder, 'tmp') },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += String(chunk)));
  const ended = new Promise((resolve) => child.once('close', resolve));
  /** Which files ran, once a run has ended. */
  const ran = async (): Promise<string[]> => {
    await expect.poll(() => printed, { timeout: 50_000, interval: 50 }).toMatch(/Waiting for file changes/);
    const files = [...printed.matchAll(/✓ (\S+\.test\.js) >/g)].map(([, file = '']) => file);
    printed = '';
    return files.sort();
  };
  try {
    expect(await ran()).toEqual(Object.keys(uses).sort());
    await change('app.wasm', 'kv-race');
    expect(await ran()).toEqual(['fixture.test.js', 'top.test.js']);
    await change('other.wasm', 'kv-race');
    expect(await ran()).toEqual(['other.test.js']);
    await change('app.wasm', 'kv-counter');
    expect(await ran()).toEqual(['fixture.test.js', 'top.test.js']);
  } finally {
    child.stdin.end('q');
    child.kill('SIGINT');
    await ended;
  }
  const left = (await readdir(join(folder, 'tmp'))).filter((name) => name.startsWith('kvasi-'));
  expect(left).toEqual([]);
});
