import { execFile } from 'node:child_process';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { runKvasi } from '../support/kvasi-in-process.ts';
import { main } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';

interface Ended {
  readonly code: number;
  readonly stderr: string;
}

/** Runs a line of a shell in which `kvasi` is the command line. */
async function shell(project: Project, line: string): Promise<Ended> {
  const script = `kvasi() { '${process.execPath}' '${main}' "$@"; }\n${line}`;
  return await promisify(execFile)('sh', ['-c', script], { cwd: project.folder }).then(
    ({ stderr }) => ({ code: 0, stderr }),
    ({ code, stderr }: Ended) => ({ code, stderr }),
  );
}

const store = '--backend sqlite:kv.db';

async function withPrecious(): Promise<Project> {
  const project = await Project.create({ file: '' });
  expect(await shell(project, `kvasi kv set b k precious ${store}`)).toEqual({ code: 0, stderr: '' });
  return project;
}

async function valueIn(project: Project): Promise<string> {
  return (await runKvasi(['kv', 'get', 'b', 'k', ...store.split(' ')], { cwd: project.folder })).stdout;
}

test.skipIf(process.platform === 'win32').for([
  [
    'a folder on standard input',
    `kvasi kv set b k ${store} < .`,
    /^kvasi: standard input .*it is a folder\.\n$/,
  ],
  ['a folder as /dev/stdin', `kvasi kv set b k --file /dev/stdin ${store} < .`, /it is a folder\.\n$/],
  ['a folder to import', `kvasi kv import b ${store} < .`, /^kvasi: standard input .*it is a folder\.\n$/],
  ['no input to read', `kvasi kv set b k ${store} 0> file`, /it is not open for reading\.\n$/],
  ['no name', `kvasi kv import b "" ${store}`, /^kvasi: "" can't be read: it is no name/],
  ['no name of a value', `kvasi kv set b k --file "" ${store}`, /^kvasi: "" can't be read: it is no name/],
  [
    'more than a value can have',
    `yes | kvasi kv set b k ${store}`,
    /^kvasi: standard input has more than 67108864 bytes/,
  ],
] as const)('%s is refused, and the value stays', async ([, line, message]) => {
  await using project = await withPrecious();
  const { code, stderr } = await shell(project, line);
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^kvasi: [^\n]*\n$/);
  expect(code).toBe(2);
  expect(await valueIn(project)).toBe('precious');
});

test.runIf(process.platform === 'linux')('a file whose reading fails is told in one line', async () => {
  await using project = await withPrecious();
  const { code, stderr } = await shell(project, `kvasi kv set b k --file /proc/self/mem ${store}`);
  expect(stderr).toMatch(/^kvasi: \/proc\/self\/mem can't be read: EIO[^\n]*\n$/);
  expect(code).toBe(2);
  expect(await valueIn(project)).toBe('precious');
});

test('a file that is longer than a value is refused before it is read', async () => {
  await using project = await withPrecious();
  await truncate(join(project.folder, 'file'), 5 * 1024 ** 3);
  const { code, stderr } = await shell(project, `kvasi kv set b k --file file ${store}`);
  expect(stderr).toMatch(/^kvasi: file has more than 67108864 bytes[^\n]*\n$/);
  expect(code).toBe(2);
  expect(await valueIn(project)).toBe('precious');
});

test('an import that the store refuses half way tells how far it came', async () => {
  const keys = Array.from({ length: 700 }, (_, index) => `{"key":"k${index}","value":"v"}\n`);
  await using project = await Project.create({
    'in.jsonl': `${keys.join('')}{"key":"${'x'.repeat(70_000)}","value":"v"}\n`,
  });
  const args = ['kv', 'import', 'b', 'in.jsonl', '--backend', 'sqlite:kv.db'];
  const { code, stderr } = await runKvasi(args, { cwd: project.folder });
  expect(stderr).toMatch(/^kvasi: [^\n]* At least 500 entries of in\.jsonl were set before\.\n$/);
  expect(code).toBe(1);
});
