import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../support/kvasi-process.ts';
import { command } from './command.ts';
import type { FreshProject } from './fresh-project.ts';
import type { Bench, Row } from './row.ts';

const libraries = ['es2024', 'esnext.disposable'];
const node = { module: 'nodenext', moduleResolution: 'nodenext' };
const bundler = { module: 'esnext', moduleResolution: 'bundler' };
const ofJest = 'of-jest-types.ts';
const others = ['library.ts', 'of-vitest.ts', 'of-jest-globals.ts'];

/** What the types take and refuse (test/types), without types that a project would add, and every declaration checked. */
export const declarationRows: readonly Row[] = [
  ...['typescript', 'typescript-5'].flatMap((compiler): Row[] => [
    {
      name: `${compiler}, what the types take and refuse, without the DOM library`,
      run: (bench) => compile(bench, compiler, libraries),
    },
    {
      name: `${compiler}, what the types take and refuse, with the DOM library`,
      run: (bench) => compile(bench, compiler, [...libraries, 'dom', 'dom.iterable']),
    },
  ]),
  { name: 'Jest, with its globals and kvasi/jest in its setup', run: inJestWithGlobals },
];

async function compile(bench: Bench, compiler: string, lib: readonly string[]): Promise<void> {
  const fresh = await declarationProject(bench);
  for (const [name, files, options] of [
    ['nodenext', others, { ...node, types: [] }],
    ['bundler', others, { ...bundler, types: [] }],
    ['types-jest', [ofJest], { ...node, types: ['jest'] }],
  ] as const) {
    const config = `tsconfig.${compiler}.${lib.length}.${name}.json`;
    const compilerOptions = { target: 'es2024', lib, strict: true, noEmit: true, ...options };
    await fresh.write(config, JSON.stringify({ compilerOptions, files }));
    await command(['node', `node_modules/${compiler}/bin/tsc`, '-p', config], { cwd: fresh.folder });
  }
}

async function declarationProject({ project, tarball }: Bench): Promise<FreshProject> {
  const manifest = { type: 'module', jest: { transform: {}, setupFilesAfterEnv: ['kvasi/jest'] } };
  const fresh = await project('declarations', manifest, [
    ...[tarball, 'typescript@7', 'typescript-5@npm:typescript@5', 'vitest@5'],
    ...['jest@30', '@jest/globals@30', '@types/jest@30'],
  ]);
  for (const file of [...others, ofJest]) {
    await fresh.write(file, await readFile(join(root, 'test/types', file), 'utf8'));
  }
  return fresh;
}

async function inJestWithGlobals(bench: Bench): Promise<void> {
  const fresh = await declarationProject(bench);
  await fresh.write(
    'globals.test.js',
    `import { startHost } from 'kvasi/testing';

test('the matchers are there, and so are those of Jest within them', async () => {
  const host = await startHost({ component: 'kv-counter.wasm', clock: new Date('2030-01-01') });
  try {
    expect(host.clock.now().getUTCFullYear()).toBe(2030);
    await expect(await host.fetch('/visits')).toHaveStatus(200);
    await expect(host).toHaveEntry('counters', 'visits', expect.any(Number));
    expect(host).toHaveOperation({ op: 'increment', milliseconds: expect.any(Number) });
    expect(() => expect(host).toHaveOperation({ oop: 'get' })).toThrow('Did you mean op?');
  } finally {
    await host.close();
  }
});

test('errors of Node are known as such, though Jest has an Error of its own', async () => {
  const host = await startHost({ component: 'kv-counter.wasm', keyvalue: { default: 'filesystem' } });
  try {
    expect(await host.bucket('a').get('k')).toBe(undefined);
    await host.bucket('a').increment('k', 2);
    expect(await host.bucket('a').keys()).toEqual(['k']);
  } finally {
    await host.close();
  }
  await expect(startHost({ component: 'nowhere.wasm' })).rejects.toThrow('nowhere.wasm does not exist');
});
`,
  );
  const jest = ['node', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--json'];
  const printed = await command([...jest, 'globals.test.js'], { cwd: fresh.folder });
  assert.equal((JSON.parse(printed) as { numPassedTests: number }).numPassedTests, 2, printed);
}
