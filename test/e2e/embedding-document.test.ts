import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { documentBlocks, indentedBlocks } from '../packaging/document-blocks.ts';
import { hostUrl } from '../support/host-url.ts';
import { component, root } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';

const run = promisify(execFile);
const programs = (await documentBlocks()).filter(({ name }) => name.startsWith('docs-embedding'));

/** Runs a program of the document, with `kvasi` being what is tested. Answers what it prints. */
async function outputOf(program: string): Promise<string> {
  await using project = await Project.create({
    'package.json': '{"private":true,"type":"module"}',
    '.wash/config.yaml': 'dev: { component_path: kv-counter.wasm }\n',
    'program.mjs': program,
  });
  const { folder } = project;
  const place = join(folder, 'node_modules/kvasi');
  await mkdir(place, { recursive: true });
  await writeFile(join(place, 'package.json'), '{"name":"kvasi","type":"module","exports":"./index.js"}');
  await writeFile(join(place, 'index.js'), `export * from ${JSON.stringify(hostUrl('index').href)};\n`);
  for (const name of ['kv-counter', 'http-kv-handler']) {
    await copyFile(component(name), join(folder, `${name}.wasm`));
  }
  const { stdout, stderr } = await run(process.execPath, ['program.mjs'], { cwd: folder, timeout: 50_000 });
  expect(stderr).toBe('');
  return stdout;
}

test('the first program of docs/embedding.md prints what it shows, and has ten lines', async () => {
  const document = await readFile(join(root, 'docs/embedding.md'), 'utf8');
  const shown = indentedBlocks(document).find((block) => block.startsWith('1\n')) ?? '';
  const [first] = programs;
  // An answer ends in a line feed, and so does what the console prints.
  expect(await outputOf(first?.text ?? '')).toBe(`${shown}\n`);
  expect(first?.text.trimEnd().split('\n').length).toBeLessThanOrEqual(10);
});

test.for([
  [1, '200\n'],
  [2, '1\n\n500\n'],
  [3, "GET /visits 200 [ 'increment counters/visits' ]\n"],
] as const)('program %i of docs/embedding.md runs as written', async ([index, printed]) => {
  expect(programs).toHaveLength(4);
  expect(await outputOf(programs[index]?.text ?? '')).toBe(printed);
});
