import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { main, runKvasi } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';

interface Ended {
  readonly code: number;
  readonly stderr: string;
}

/** Runs a command line in which `\377` and the like are bytes, as `printf` has it. */
async function kvasi(project: Project, args: readonly string[]): Promise<Ended> {
  const words = args.map((arg) => `"$(printf -- '${arg}')"`).join(' ');
  const line = `'${process.execPath}' '${main}' ${words}`;
  return await shell(project, line);
}

async function shell(project: Project, line: string): Promise<Ended> {
  return await promisify(execFile)('sh', ['-c', line], { cwd: project.folder }).then(
    ({ stderr }) => ({ code: 0, stderr }),
    ({ code, stderr }: Ended) => ({ code, stderr }),
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

describe.runIf(process.platform === 'linux')('a variable that is no text is refused, not replaced', () => {
  test.for([
    [
      'KVASI_BACKEND="$(printf "sqlite:\\377.db")"',
      'config',
      /^kvasi: KVASI_BACKEND is not UTF-8 text\.\n$/,
      2,
    ],
    ['A="$(printf "\\377")"', 'config --env A', /^kvasi: --env is "A", and A is not UTF-8 text here\.\n$/, 2],
    ['B="$(printf "\\377")"', 'config', /^kvasi: \S+: the environment variable B is not UTF-8 text\.\n$/, 1],
  ] as const)('%s kvasi %s', async ([variable, args, message, expected]) => {
    const config = 'workload: { environment: { configFrom: [a] } }\nconfigs: { a: { fromEnv: [B] } }\n';
    await using project = await Project.create({ '.wash/config.yaml': config });
    const line = `B=b; ${variable}; export A B KVASI_BACKEND; '${process.execPath}' '${main}' ${args}`;
    const { code, stderr } = await shell(project, line);
    expect(stderr).toMatch(message);
    expect(code).toBe(expected);
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
