import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { runKvasi } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';

const run = promisify(execFile);

async function scriptFor(shell: string): Promise<string> {
  const { code, stdout, stderr } = await runKvasi(['completions', shell]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

/** What bash offers at the end of a line. */
async function offered(...words: readonly string[]): Promise<string[]> {
  const script = await scriptFor('bash');
  const line = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))`;
  const { stdout } = await run('bash', [
    '-c',
    `${script}\n${line}\n_kvasi\nprintf '%s\\n' "\${COMPREPLY[@]}"`,
  ]);
  return stdout.trimEnd().split('\n');
}

test('bash offers commands, those of kv, flags and their values', async () => {
  expect(await offered('kvasi', '')).toEqual(expect.arrayContaining(['dev', 'kv', 'new', 'completions']));
  expect(await offered('kvasi', 'kv', 'co')).toEqual(['copy']);
  expect(await offered('kvasi', 'dev', 'app.wasm', '--insp')).toEqual(['--inspector-port']);
  expect(await offered('kvasi', 'kv', 'copy', 'b', '--t')).toEqual(['--to']);
  expect(await offered('kvasi', 'dev', '--log-level', 'si')).toEqual(['silent']);
  expect(await offered('kvasi', '-C', 'dev', 'k')).toEqual(['kv']);
  expect(await offered('kvasi', '-C', 'host', 'kv', '--config', 'kv', 'co')).toEqual(['copy']);
  expect(await offered('kvasi', 'kv', '--addr')).toEqual(['--address']);
  expect(await offered('kvasi', 'kv', '--backend', 'get', 'co')).toEqual(['copy']);
  expect(await offered('kvasi', '-C', 'hos')).toEqual(['host']);
  for (const command of [[], ['test'], ['inspect'], ['kv'], ['kv', 'get'], ['new'], ['conformance']])
    expect(await offered('kvasi', ...command, '--dir')).toEqual(['--directory']);
  for (const command of [[], ['test'], ['inspect'], ['kv'], ['kv', 'get']])
    expect(await offered('kvasi', ...command, '--conf')).toEqual(['--config']);
  expect(await offered('kvasi', 'inspect', 'package.js')).toEqual(['package.json']);
});

test.for(['zsh', 'fish'])('%s takes its script', async (shell, { skip }) => {
  const script = await scriptFor(shell);
  expect(script).toContain('kv copy');
  if (spawnSync(shell, ['--version']).error !== undefined) skip(`${shell} is not installed`);
  await using project = await Project.create({ script });
  const parsed = spawnSync(shell, ['-n', 'script'], { cwd: project.folder, encoding: 'utf8' });
  expect(parsed).toMatchObject({ status: 0, stderr: '' });
});

test('another shell is refused by name', async () => {
  const { code, stderr } = await runKvasi(['completions', 'tcsh']);
  expect(code).toBe(2);
  expect(stderr).toContain('bash, zsh, fish');
});
