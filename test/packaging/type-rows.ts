import { command } from './command.ts';
import { type DocumentBlock, documentBlocks } from './document-blocks.ts';
import type { FreshProject } from './fresh-project.ts';
import type { Bench, Row } from './row.ts';

const withDom = ['es2024', 'esnext.disposable', 'dom', 'dom.iterable'];
const withoutDom = ['es2024', 'esnext.disposable'];

/** The types of the package, with the examples of the documents and the matchers. */
export const typeRows: readonly Row[] = [
  ...(['nodenext', 'bundler'] as const).flatMap((resolution): Row[] => [
    {
      name: `TypeScript 7, ${resolution}, with the DOM library`,
      run: (bench) => compile(bench, 'typescript', resolution, withDom),
    },
    {
      name: `TypeScript 7, ${resolution}, without the DOM library`,
      run: (bench) => compile(bench, 'typescript', resolution, withoutDom),
    },
  ]),
  {
    name: 'TypeScript 5, nodenext, without the DOM library',
    run: (bench) => compile(bench, 'typescript-5', 'nodenext', withoutDom),
  },
];

async function compile(
  bench: Bench,
  compiler: string,
  resolution: 'nodenext' | 'bundler',
  lib: readonly string[],
): Promise<void> {
  const project = await typesProject(bench);
  const name = `tsconfig.${compiler}.${resolution}.${lib.length}.json`;
  const options = {
    target: 'es2024',
    lib,
    module: resolution === 'nodenext' ? 'nodenext' : 'esnext',
    moduleResolution: resolution,
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    // What the package declares is checked, and not only what is used of it.
    skipLibCheck: false,
    noEmit: true,
  };
  const common = resolution === 'nodenext' ? ['src/common.cts'] : [];
  // What vitest and Jest declare is their own affair: their files are checked in runs of their own.
  await project.write(
    name,
    JSON.stringify({ compilerOptions: options, files: ['src/package.ts', ...common] }),
  );
  await command(['node', `node_modules/${compiler}/bin/tsc`, '-p', name], { cwd: project.folder });
  for (const part of ['vitest', 'jest'] as const) {
    const files = (await filesOf(part)).map((file) => `src/${file}`);
    const own = `${part}.${name}`;
    await project.write(own, JSON.stringify({ compilerOptions: { ...options, skipLibCheck: true }, files }));
    await command(['node', `node_modules/${compiler}/bin/tsc`, '-p', own], { cwd: project.folder });
  }
}

async function filesOf(part: 'vitest' | 'jest'): Promise<string[]> {
  const own = part === 'vitest' ? ['matchers-vitest.ts'] : ['matchers-jest.ts'];
  const blocks = part === 'vitest' ? (await typedBlocks()).map(({ name }) => `${name}.ts`) : [];
  return [...own, ...blocks];
}

/** Those that are TypeScript as well: a function of their own would need types. */
async function typedBlocks(): Promise<DocumentBlock[]> {
  return (await documentBlocks()).filter(({ text }) => !/^const \w+ = \(\w+\) =>/m.test(text));
}

async function typesProject({ project, tarball }: Bench): Promise<FreshProject> {
  const fresh = await project('types', { type: 'module' }, [
    tarball,
    'typescript@7',
    'typescript-5@npm:typescript@5',
    '@types/node@26',
    'vitest@5',
    '@jest/globals@30',
  ]);
  for (const { name, text } of await documentBlocks()) await fresh.write(`src/${name}.ts`, text);
  const jest = (await fresh.hasExport('./jest')) ? "import 'kvasi/jest';\n" : '';
  await fresh.write('src/package.ts', packageUse);
  await fresh.write(
    'src/common.cts',
    `import kvasi = require('kvasi');
import testing = require('kvasi/testing');
export const hosts = [kvasi.createHost({ component: 'a.wasm' }), testing.startHost({ component: 'a.wasm' })];
`,
  );
  await fresh.write(
    'src/matchers-vitest.ts',
    `import { expect } from 'vitest';\nimport { hostTest } from 'kvasi/vitest';\n\nhostTest({ component: 'a.wasm' })('a', async ({ host }) => {\n${matchersUse}});\n`,
  );
  await fresh.write(
    'src/matchers-jest.ts',
    `import { expect, test } from '@jest/globals';\nimport { matchers, startHost } from 'kvasi/testing';\n${jest}\nexpect.extend(matchers);\ntest('a', async () => {\n  const host = await startHost({ component: 'a.wasm' });\n${matchersUse}});\n`,
  );
  return fresh;
}

const matchersUse = `  await expect(await host.fetch('/')).toHaveStatus(200);
  await expect(host).toHaveEntry('counters', 'visits', '1');
  expect(host).toHaveOperation({ op: 'increment', key: 'visits' });
  // @ts-expect-error a status is a number
  await expect(await host.fetch('/')).toHaveStatus('200');
`;

const packageUse = `import { createHost, type Host, type HostError, type HostErrorCode } from 'kvasi';
import { type Bucket, defineBackend } from 'kvasi/backend';
import { explore, startHost, type TestHost, type TestHostOptions } from 'kvasi/testing';

const options: TestHostOptions = { component: 'a.wasm', keyvalue: { default: 'sqlite', secrets: 'deny' } };
const host: TestHost = await startHost(options);
const response = await host.fetch('/', { method: 'POST', body: 'text', headers: { a: 'b' } });
const status: number = response.status;
const text: string = await response.text();
const value: string | undefined = await host.bucket('b').getText('k');
const explored = await explore({ component: 'a.wasm', requests: ['/', ['/', { method: 'POST' }]], check: async () => {} });
const served: Host = await createHost({ component: 'a.wasm', keyvalue: { default: 'sqlite' }, address: 'localhost:0' });
served.on('request', ({ status, operations }) => console.log(status, operations.length));
export const codeOf = (error: HostError): HostErrorCode => error.code;
export type Used = [typeof status, typeof text, typeof value, typeof explored, Bucket, typeof defineBackend];
// @ts-expect-error no such option
await startHost({ component: 'a.wasm', keyvalues: {} });
`;
