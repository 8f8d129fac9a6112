import assert from 'node:assert/strict';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { component, root } from '../support/kvasi-process.ts';
import { command } from './command.ts';
import { type DocumentBlock, documentBlocks, indentedBlocks } from './document-blocks.ts';
import type { Bench, Row } from './row.ts';

const esm = { type: 'module' };
const versions = [24, 26] as const;

/** The examples of the documents in vitest, node:test, Jest and CommonJS. */
export const runnerRows: readonly Row[] = [
  ...[3, 4, 5].map((version) => ({
    name: `vitest ${version}: the examples`,
    run: (bench: Bench) => inVitest(bench, version),
  })),
  ...versions.flatMap((version): Row[] => [
    { name: `node:test on Node ${version}: the examples`, run: (bench) => inNodeTest(bench, version) },
    { name: `CommonJS on Node ${version}`, run: (bench) => inCommonJs(bench, version) },
    {
      name: `the programs of docs/embedding.md on Node ${version}`,
      run: (bench) => programs(bench, version),
    },
    {
      name: `Jest on Node ${version}: the examples, and the matchers`,
      run: (bench) => inJest(bench, version),
    },
    {
      name: `kvasi test on Node ${version}: the scenarios of docs/testing.md`,
      run: (bench) => scenarios(bench, version),
    },
  ]),
  { name: 'a project of kvasi new: npm install, npm test', run: newProject },
];

async function blocksFor(runner: DocumentBlock['runner']): Promise<DocumentBlock[]> {
  const blocks = (await documentBlocks()).filter((block) => block.runner === runner);
  assert.ok(blocks.length > 0, `the documents have no example for ${runner}`);
  return blocks;
}

async function inVitest({ project, tarball }: Bench, version: number): Promise<void> {
  const fresh = await project(`vitest ${version}`, esm, [tarball, `vitest@${version}`]);
  const blocks = await blocksFor('vitest');
  for (const { name, text } of blocks) await fresh.write(`${name}.test.js`, text);
  const printed = await command(['node', 'node_modules/vitest/vitest.mjs', 'run', '--testTimeout=60000'], {
    cwd: fresh.folder,
  });
  assert.match(printed, new RegExp(`Test Files +${blocks.length} passed`), printed);
}

async function inNodeTest({ project, tarball, node }: Bench, version: 24 | 26): Promise<void> {
  const fresh = await project('plain', esm, [tarball]);
  const blocks = await blocksFor('node:test');
  const files = blocks.map(({ name }) => `${name}.mjs`);
  for (const { name, text } of blocks) await fresh.write(`${name}.mjs`, text);
  const printed = await command(['node', '--test', ...files], { cwd: fresh.folder, node: node[version] });
  assert.match(printed, /fail 0\n/, printed);
}

async function programs({ project, tarball, node }: Bench, version: 24 | 26): Promise<void> {
  const fresh = await project(`programs ${version}`, esm, [tarball]);
  for (const { name, text } of await blocksFor('none')) {
    await fresh.write(`${name}.mjs`, text);
    await command(['node', `${name}.mjs`], { cwd: fresh.folder, node: node[version] });
  }
}

async function inCommonJs({ project, tarball, node }: Bench, version: 24 | 26): Promise<void> {
  const fresh = await project('plain', esm, [tarball]);
  await fresh.write(
    'common.cjs',
    `const assert = require('node:assert/strict');
const { test } = require('node:test');
const { startHost, explore, backends, matchers } = require('kvasi/testing');

test('a value that is in the store is answered', async () => {
  const host = await startHost({ component: 'http-kv-handler.wasm' });
  await host.bucket('in_memory').set('k', 'v');
  assert.equal(await (await host.fetch('/?key=k')).text(), '[in_memory] v\\n');
  await host.close();
  for (const one of [explore, backends, matchers.toHaveEntry]) assert.equal(typeof one, 'function');
});
`,
  );
  const printed = await command(['node', '--test', 'common.cjs'], { cwd: fresh.folder, node: node[version] });
  assert.match(printed, /pass 1\n/, printed);
}

async function inJest({ project, tarball, node }: Bench, version: 24 | 26): Promise<void> {
  const manifest = { ...esm, jest: { transform: {}, testEnvironment: 'node' } };
  const fresh = await project('jest', manifest, [tarball, 'jest@30']);
  // What is for vitest alone stays out; the others need only another runner.
  const blocks = (await blocksFor('vitest')).filter(({ imports }) =>
    imports.every((name) => name === 'vitest' || name === 'kvasi/testing'),
  );
  for (const { name, text } of blocks)
    await fresh.write(`${name}.test.js`, text.replace("from 'vitest'", "from '@jest/globals'"));
  await fresh.write(
    'matchers.test.js',
    `import { expect, test } from '@jest/globals';
import { matchers, startHost } from 'kvasi/testing';

${(await fresh.hasExport('./jest')) ? "await import('kvasi/jest');" : 'expect.extend(matchers);'}

test('the matchers hold hosts and answers to what is wanted', async () => {
  const host = await startHost({ component: 'kv-counter.wasm' });
  try {
    await expect(await host.fetch('/visits')).toHaveStatus(200);
    await expect(host).toHaveEntry('counters', 'visits', '1');
    expect(host).toHaveOperation({ op: 'increment', key: 'visits' });
    await expect(expect(host).toHaveEntry('counters', 'visits', '2')).rejects.toThrow('visits');
  } finally {
    await host.close();
  }
});
`,
  );
  await command(
    ['node', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--ci', '--testTimeout=60000'],
    {
      cwd: fresh.folder,
      node: node[version],
    },
  );
}

async function scenarios({ project, tarball, node }: Bench, version: 24 | 26): Promise<void> {
  const fresh = await project('plain', esm, [tarball]);
  const found = indentedBlocks(await readFile(join(root, 'docs/testing.md'), 'utf8'));
  const shown = found.find((block) => block.startsWith('$ kvasi test')) ?? '';
  await fresh.write('scenarios.yaml', found.find((block) => block.startsWith('component:')) ?? '');
  const [line = '', ...output] = shown.split('\n');
  const args = line.replace('$ ', '').split(' ');
  const printed = await command(['npx', ...args], { cwd: fresh.folder, node: node[version], code: 1 });
  assert.equal(printed, output.join('\n'));
}

async function newProject({ project, tarball, folder: parent }: Bench): Promise<void> {
  const { folder: maker } = await project('plain', esm, [tarball]);
  const folder = join(parent, 'my-app');
  await command(['npx', 'kvasi', 'new', folder], { cwd: maker });
  await command(['npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', tarball], { cwd: folder });
  const built = join(folder, 'target/wasm32-wasip2/release');
  await mkdir(built, { recursive: true });
  // It does as the component that the project builds, which needs Rust.
  await copyFile(component('http-kv-handler'), join(built, 'my_app.wasm'));
  const printed = await command(['npm', 'test'], { cwd: folder });
  assert.match(printed, /3 passed, 0 failed/, printed);
  assert.match(printed, /pass 2\n/, printed);
}
