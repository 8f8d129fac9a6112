import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { indentedBlocks } from '../packaging/document-blocks.ts';
import { complaintsOf } from '../support/compile.ts';
import { hostUrl } from '../support/host-url.ts';
import { component, KvasiDev, root, runKvasi } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';

const document = await readFile(join(root, 'docs/imports.md'), 'utf8');
const blocks = indentedBlocks(document);
const programs = [...document.matchAll(/^```js\n(.*?)^```$/gms)].map(([, text = '']) => text);
const [, module = ''] = /^```ts\n\/\/ payments\.ts\n(.*?)^```$/ms.exec(document) ?? [];
const config = blocks.find((block) => block.startsWith('dev:') && block.includes('imports:')) ?? '';

/** A project with the files that the document shows. */
async function shown(): Promise<Project> {
  const project = await Project.create({
    'package.json': '{"private":true,"type":"module"}',
    'payments.ts': module,
    '.wash/config.yaml': config,
  });
  await copyFile(component('imports/checkout', 'checkout'), join(project.folder, 'checkout.wasm'));
  const [command = ''] = blocks.find((block) => block.startsWith('$ kvasi types'))?.split('\n') ?? [];
  const { code } = await runKvasi(command.replace('$ kvasi ', '').split(' '), { cwd: project.folder });
  expect(code).toBe(0);
  return project;
}

test('the interface of docs/imports.md is the one of the component', async () => {
  const wit = await readFile(join(root, 'wit/acme-payments@1.0.0/payments.wit'), 'utf8');
  const bare = (text: string): string => text.replaceAll(/\/\/\/.*$/gm, '').replaceAll(/[\s,;]+/g, ' ');
  const [api = ''] = blocks.filter((block) => block.startsWith('package acme:payments'));
  const parts = bare(api.replace(/^package.*\n/, '')).split(/[{}]/);
  for (const part of parts) for (const word of part.trim().split(' ')) expect(bare(wit)).toContain(word);
});

test('the module of docs/imports.md compiles, and serves the component', async () => {
  await using project = await shown();
  const { folder } = project;
  const complaints = await complaintsOf(
    join(root, 'node_modules/typescript/bin/tsc'),
    folder,
    ['payments.ts', 'checkout.d.ts'].map((name) => join(folder, name)),
    {
      module: 'nodenext',
      lib: ['es2024'],
      types: [],
      allowImportingTsExtensions: true,
      erasableSyntaxOnly: true,
    },
  );
  expect(complaints).toBe('');
  await using kvasi = await KvasiDev.start([], { cwd: folder });
  expect(await kvasi.text('/charge?card=stolen')).toBe('declined: it was stolen\n');
  expect(await kvasi.text('/charge?card=c&express=1')).toContain('r-c 100 Currency::Eur Some("at once")');
  expect(await kvasi.text('/account?owner=Ann&deposits=5,7')).toBe('12 [5, 7] bye Ann\n');
  expect(await kvasi.text('/merge?owner=Ann')).toBe('42 0\n');
});

test('the programs of docs/imports.md print what it shows', async () => {
  await using project = await shown();
  const { folder } = project;
  const place = join(folder, 'node_modules/kvasi');
  await mkdir(place, { recursive: true });
  await writeFile(
    join(place, 'package.json'),
    '{"name":"kvasi","type":"module","exports":{"./testing":"./testing.js"}}',
  );
  await writeFile(join(place, 'testing.js'), `export * from ${JSON.stringify(hostUrl('testing').href)};\n`);
  const outputs = [
    blocks.find((block) => block.startsWith('startHost:')) ?? '',
    `${blocks.find((block) => block.startsWith('[ 250n ]')) ?? ''}\n`,
  ];
  expect(programs).toHaveLength(outputs.length);
  for (const [index, program] of programs.entries()) {
    const file = `program${index}.mjs`;
    await project.write(file, program);
    const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: folder, timeout: 50_000 });
    expect(stdout).toBe(outputs[index]);
  }
});
