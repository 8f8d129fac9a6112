import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { root, runKvasi } from '../support/kvasi-in-process.ts';
import { main, runKvasi as runProcess, StartedKvasi } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';

const tool = `${root}/components/commands/tool/tool.wasm`;
const toolAsync = `${root}/components/commands/tool-async/tool-async.wasm`;
const both = [
  ['0.2', tool],
  ['0.3', toolAsync],
] as const;

test.for(both)('a command of WASI %s has its arguments, all that stand behind it', async ([, wasm]) => {
  const { code, stdout, stderr } = await runKvasi(['run', wasm, 'arguments', 'a b', '--verbose', '-C']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const name = wasm.split('/').at(-1);
  expect(stdout).toBe(`${name}\narguments\na b\n--verbose\n-C\n`);
});

test.for(both)('a command of WASI %s reads standard input to its end', async ([, wasm]) => {
  const stdin = Buffer.from('all bytes: \0\xff\n', 'latin1').toString('latin1').repeat(50_000);
  const { code, bytes } = await runKvasi(['run', wasm, 'cat'], { stdin: Buffer.from(stdin, 'latin1') });
  expect(code).toBe(0);
  expect(bytes === stdin).toBe(true);
});

test.for(both)('the exit code of a command of WASI %s is that of kvasi', async ([, wasm]) => {
  const codeOf = async (...args: string[]) => (await runKvasi(['run', wasm, ...args])).code;
  expect(await codeOf('arguments')).toBe(0);
  expect(await codeOf('no such thing')).toBe(1);
  expect(await codeOf('exit', 'ok')).toBe(0);
  expect(await codeOf('exit', 'error')).toBe(1);
  expect(await codeOf('exit', '0')).toBe(0);
  expect(await codeOf('exit', '255')).toBe(255);
});

test.for(both)('a command of WASI %s that traps is told with its backtrace', async ([, wasm]) => {
  const { code, stderr } = await runKvasi(['run', wasm, 'trap']);
  expect(code).toBe(134);
  expect(stderr).toMatch(/^kvasi: tool(-async)?\.wasm trapped: unreachable\n {4}at .*wasi:cli\/run/s);
});

test('a command has the environment, volumes and buckets of its project', async () => {
  await using project = await Project.create({
    'files/note.txt': 'a note\n',
    '.wash/config.yaml': [
      'dev:',
      '  volumes: [{ host_path: files, guest_path: /files }]',
      '  keyvalue: { default: { backend: sqlite, path: data.sqlite } }',
      'workload: { environment: { config: { GREETING: hello } } }',
    ].join('\n'),
  });
  const print = async (...args: string[]) =>
    (await runKvasi(['run', '--env', 'MORE=1', tool, ...args], { cwd: project.folder })).stdout;
  expect(await print('environment')).toBe('GREETING=hello\nMORE=1\n');
  expect(await print('read', 'note.txt')).toBe('a note\n');
  expect(await print('read', '../secret')).toMatch(/not-permitted/);
  expect(await print('count', 'runs')).toBe('Ok(1)\n');
  expect(await print('count', 'runs')).toBe('Ok(2)\n');
});

test('standard error is another stream, and nobody sits at a terminal', async () => {
  expect(await runKvasi(['run', tool, 'warn', 'careful'])).toMatchObject({ stdout: '', stderr: 'careful\n' });
  expect(await runKvasi(['run', tool, 'terminals'])).toMatchObject({ stdout: 'false false\n' });
});

test('a command in a pipe ends with its reader, and writes no faster than it reads', async () => {
  const kvasi = new StartedKvasi(['run', tool, 'flood'], { mostOutput: 1000 });
  await kvasi.until(/yyy/);
  kvasi.closeStdout();
  expect(await kvasi.ended).toBe(0);
});

test('a command that computes for ever is ended by Ctrl-C, and not by the host', async () => {
  const kvasi = new StartedKvasi(['run', tool, 'compute']);
  await new Promise((resolve) => setTimeout(resolve, 2000));
  expect(kvasi.finished.code).toBe(null);
  kvasi.kill('SIGINT');
  expect(await kvasi.ended).toBe(130);
});

test('of standard input only as much is read as the command wants', async () => {
  const { code, stdout } = await runProcess(['run', tool, 'lines'], { stdin: 'line\n'.repeat(1_000_000) });
  expect({ code, stdout }).toEqual({ code: 0, stdout: '1000000 lines, 5000000 bytes\n' });
});

test('kvasi dev names kvasi run for a command, and kvasi run kvasi dev for what answers requests', async () => {
  const { code, stderr } = await runKvasi(['dev', tool]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/does not export wasi:http\/incoming-handler.*It is a command: use kvasi run\.\n$/);
  const other = await runKvasi(['run', `${root}/components/hello/hello.wasm`]);
  expect(other.code).toBe(1);
  expect(other.stderr).toMatch(/does not export wasi:cli\/run.*It answers requests: use kvasi dev\.\n$/);
});

test('without a component, or with flags of others, the command line is wrong', async () => {
  expect((await runKvasi(['run'])).code).toBe(2);
  expect((await runKvasi(['run', '--no-inspector', tool])).code).toBe(2);
  expect((await runKvasi(['run', 'absent.wasm'])).code).toBe(2);
});

test.skipIf(process.platform === 'win32')('standard input that is a folder is refused', async () => {
  const line = `"$0" "$1" run "$2" cat < /`;
  const shell = promisify(execFile)('sh', ['-c', line, process.execPath, main, tool]);
  await expect(shell).rejects.toMatchObject({
    code: 2,
    stdout: '',
    stderr: "kvasi: standard input can't be read: it is a folder.\n",
  });
});
