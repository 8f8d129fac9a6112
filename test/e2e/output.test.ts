import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { component, KvasiDev, main, runKvasi } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';
import { freePort, isInstalled } from '../support/server.ts';
import { TerminalSession, tmux } from '../support/terminal-session.ts';
import { wideComponent } from '../support/wide-component.ts';

const hasTmux = await isInstalled(tmux);
const sqlite = ['--backend', 'sqlite:kv.db'];
const evil = 'a\x1b]0;mine\x07\x1b[31m\nkvasi: forged\u009b2J';

/** A shell's pipeline, of which `kvasi` is a part. */
async function shell(line: string, cwd: string) {
  const script = `kvasi() { '${process.execPath}' '${main}' "$@"; }; ${line}`;
  return await promisify(execFile)('sh', ['-c', script], { cwd, maxBuffer: 100_000_000 });
}

/** A component that prints other lines; the text is as long as the one in its place. */
async function printing(line: string): Promise<Buffer> {
  const wasm = await readFile(component('misbehave'));
  const at = wasm.indexOf('a line on stdout\n');
  const text = Buffer.from(line);
  expect(text).toHaveLength('a line on stdout'.length);
  return Buffer.concat([wasm.subarray(0, at), text, wasm.subarray(at + text.length)]);
}

describe('in a pipe', () => {
  test('no command ends before what it wrote is out', async () => {
    await using project = await Project.create({ 'wide.wasm': wideComponent(100_000) });
    const { stdout } = await shell('kvasi inspect wide.wasm --json | (sleep 1; cat)', project.folder);
    expect((JSON.parse(stdout) as { imports: unknown[] }).imports).toHaveLength(100_000);
  });

  test.for(['kv list b', 'kv list b --json', 'kv export b', 'inspect wide.wasm', 'inspect wide.wasm --json'])(
    '%s | head -1 ends quietly',
    async (command) => {
      const keys = Array.from({ length: 30_000 }, (_, index) => `{"key":"k${index}","value":"v"}\n`);
      await using project = await Project.create({
        'wide.wasm': wideComponent(10_000),
        'in.jsonl': keys.join(''),
      });
      const backend = command.startsWith('kv') ? sqlite.join(' ') : '';
      if (backend !== '')
        await runKvasi(['kv', 'import', 'b', 'in.jsonl', ...sqlite], { cwd: project.folder });
      const { stdout, stderr } = await shell(`kvasi ${command} ${backend} | head -1`, project.folder);
      expect(stdout.split('\n')).toHaveLength(2);
      expect(stderr).toBe('');
    },
  );

  test.runIf(process.platform === 'linux')('a disk that is full is told', async () => {
    const { stderr } = await shell(`kvasi inspect '${component('hello')}' --json >/dev/full || true`, '.');
    expect(stderr).toMatch(/^kvasi: standard output can't be written: ENOSPC[^\n]*\n$/);
  });

  test.runIf(process.platform === 'linux')(
    'kvasi dev serves on while the disk of its output is full',
    async () => {
      const port = await freePort();
      const full = openSync('/dev/full', 'w');
      const args = ['dev', component('hello'), '--address', `localhost:${port}`, '--no-inspector'];
      const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', full, 'pipe'] });
      closeSync(full);
      let stderr = '';
      child.stderr?.on('data', (bytes: Buffer) => {
        stderr += String(bytes);
      });
      const status = async () => (await fetch(`http://localhost:${port}/`).catch(() => undefined))?.status;
      await expect.poll(status, { timeout: 20_000 }).toBe(200);
      for (let count = 0; count < 100; count += 1) expect(await status()).toBe(200);
      expect(stderr).toMatch(
        /^kvasi: standard output can't be written: ENOSPC[^\n]*; requests are served on, and no longer shown\n$/,
      );
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  );

  test('what a component prints and what keys are is as it is', async () => {
    await using project = await Project.create({
      'app.wasm': await printing('x\x1b]0;t\x07\r\x1b[31myé'),
    });
    await using kvasi = await KvasiDev.start(['app.wasm'], { cwd: project.folder });
    await kvasi.text('/stdio');
    await kvasi.until(/no line end/);
    expect(kvasi.stdout).toContain('[app] x\x1b]0;t\x07\r\x1b[31myé\n');
    const entry = JSON.stringify({ key: evil, value: '' });
    await runKvasi(['kv', 'import', 'b', ...sqlite], { cwd: project.folder, stdin: entry });
    const { stdout } = await runKvasi(['kv', 'list', 'b', ...sqlite], { cwd: project.folder });
    expect(stdout).toBe(`${evil}\n`);
  });
});

describe.runIf(hasTmux)('on a terminal', () => {
  /** What a command sends to the terminal, byte by byte. */
  async function seen(project: Project, command: string): Promise<string> {
    await using session = await TerminalSession.start(project.folder);
    await session.record(join(project.folder, 'seen.txt'));
    await session.line(`clear; NO_COLOR=1 '${process.execPath}' '${main}' ${command}; echo ended with "$?"`);
    await session.until(/ended with \d/);
    const text = await readFile(join(project.folder, 'seen.txt'), 'utf8');
    return text.slice(text.indexOf('ended with') + 20);
  }

  test.for([
    ['kv list b', 'a\\x1b]0;mine\\x07\\x1b[31m\\x0akvasi: forged\\x9b2J\r\n'],
    ['kv list b --json', '{"key":"a\\u001b]0;mine\\u0007\\u001b[31m\\nkvasi: forged\\u009b2J"}\r\n'],
    [
      'kv export b',
      '{"key":"a\\u001b]0;mine\\u0007\\u001b[31m\\nkvasi: forged\\u009b2J","base64":"dhtbMko="}\r\n',
    ],
    ['kv get b "$(cat key)"', 'v\\x1b[2J'],
    ['kv get none "$(cat key)"', "has no key 'a\\x1b]0;mine\\x07\\x1b[31m\r\n  kvasi: forged\\x9b2J'.\r\n"],
    ['inspect "$(cat key)"', 'a\\x1b]0;mine\\x07\\x1b[31m\r\n  kvasi: forged\\x9b2J does not exist.'],
    ['"$(cat key)"', "unknown command 'a\\x1b]0;mine\\x07\\x1b[31m\r\n  kvasi: forged\\x9b2J'\r\n"],
    ['config --env "A=$(cat key)"', 'environment.A = a\\x1b]0;mine\\x07\\x1b[31m⏎kvasi: forged\\x9b2J'],
  ] as const)('%s shows control characters', async ([command, expected]) => {
    const entry = JSON.stringify({ key: evil, value: 'v\x1b[2J' });
    await using project = await Project.create({ key: evil });
    await runKvasi(['kv', 'import', 'b', ...sqlite], { cwd: project.folder, stdin: entry });
    expect(await seen(project, `${command} ${command.startsWith('kv') ? sqlite.join(' ') : ''}`)).toContain(
      expected,
    );
  });

  test('colors of a component pass, and nothing else of it', async () => {
    await using project = await Project.create({
      'app.wasm': await printing('\x1b[31mx\x1b]0;t\x07\ry\u009b'),
    });
    await using session = await TerminalSession.start(project.folder);
    await session.record(join(project.folder, 'seen.txt'));
    await session.kvasi('dev', 'app.wasm', '--address', 'localhost:0');
    const url = await session.until(/http:\/\/localhost:\d+/);
    await session.until(/keys +h for help/);
    await fetch(`${url}/stdio`);
    await session.until(/no line end/);
    const text = await readFile(join(project.folder, 'seen.txt'), 'utf8');
    expect(text).toContain('\n[app] \x1b[31mx\\x1b]0;t\\x07\\x0dy\\x9b\x1b[0m\r\n');
    expect(text).toMatch(/kvasi.*serves/);
  });
});
