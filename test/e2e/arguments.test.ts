import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { main, runKvasi } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';

/** Runs a command line in which `\377` and the like are bytes, as `printf` has it. */
async function kvasi(project: Project, args: readonly string[]): Promise<{ code: number; stderr: string }> {
  const words = args.map((arg) => `"$(printf -- '${arg}')"`).join(' ');
  const line = `'${process.execPath}' '${main}' ${words}`;
  return await promisify(execFile)('sh', ['-c', line], { cwd: project.folder }).then(
    ({ stderr }) => ({ code: 0, stderr }),
    ({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }),
  );
}

const store = ['--backend', 'sqlite:kv.db'];

describe.runIf(process.platform === 'linux')('an argument that is no text is refused, not replaced', () => {
  test.for([
    ['a value', ['kv', 'set', 'b', 'k', '\\377\\376', ...store], '\\xff\\xfe'],
    ['a key', ['kv', 'set', 'b', 'inv\\377', 'v', ...store], 'inv\\xff'],
    ['half of a character', ['kv', 'set', 'b', 'k', 'gr\\303', ...store], 'gr\\xc3'],
    ['a bucket', ['kv', 'list', '\\377', ...store], '\\xff'],
    ['a prefix', ['kv', 'list', 'b', '--prefix', '\\377', ...store], '\\xff'],
    ['a key to delete', ['kv', 'delete', 'b', 'a', '\\377', ...store], '\\xff'],
    ['a store', ['kv', 'list', 'b', '--backend', 'sqlite:\\377.db'], 'sqlite:\\xff.db'],
    ['a variable', ['config', '--env', 'A=\\377'], 'A=\\xff'],
    ['a file', ['test', '\\377.yaml'], '\\xff.yaml'],
  ] as const)('%s', async ([, args, shown]) => {
    await using project = await Project.create();
    const { code, stderr } = await kvasi(project, args);
    expect(stderr).toMatch(/^kvasi: the argument [^\n]* is not UTF-8 text\. [^\n]*\n$/);
    expect(stderr).toContain(` ${shown} `);
    expect(code).toBe(2);
  });
});

test('the character that stands for what is no text is one itself', async () => {
  await using project = await Project.create();
  const options = { cwd: project.folder };
  expect(await runKvasi(['kv', 'set', 'b', 'k\ufffd', 'v\ufffd', ...store], options)).toMatchObject({
    code: 0,
  });
  expect((await runKvasi(['kv', 'get', 'b', 'k\ufffd', ...store], options)).stdout).toBe('v\ufffd');
});
