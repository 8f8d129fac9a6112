import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { component, main, runKvasi } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';
import { isInstalled, redisServer } from '../support/server.ts';

const hanging = `component: ${component('misbehave')}
scenarios:
  - name: hangs
    steps:
      - request: GET /sleep
`;
const hasRedis = await isInstalled(redisServer);

/** A command whose input stays open, with what it has said. */
class Running implements Disposable {
  readonly #child: ChildProcess;
  #text = '';

  constructor(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}) {
    this.#child = spawn(process.execPath, [main, ...args], {
      cwd,
      env: { ...process.env, NO_COLOR: '1', ...env },
    });
    const keep = (bytes: Buffer): void => {
      this.#text += String(bytes);
    };
    this.#child.stdout?.on('data', keep);
    this.#child.stderr?.on('data', keep);
  }

  get text(): string {
    return this.#text;
  }

  /** Resolves when all but what fits in a pipe has been read. */
  async type(text: string): Promise<void> {
    await new Promise((resolve) => this.#child.stdin?.write(text, resolve));
  }

  /** Answers how long it took to end, in milliseconds. */
  async end(signal: NodeJS.Signals): Promise<number> {
    const begun = performance.now();
    const closed = once(this.#child, 'close');
    this.#child.kill(signal);
    await closed;
    return performance.now() - begun;
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
  }
}

/** Half a second for a machine that is busy. */
const soon = 1500;
const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

describe.each(signals)('%s ends within a second', (signal) => {
  test('a command that waits for its input', async () => {
    await using project = await Project.create();
    using running = new Running(['kv', 'set', 'b', 'k', '--backend', 'sqlite:kv.db'], project.folder);
    await running.type('x'.repeat(1_000_000));
    expect(await running.end(signal)).toBeLessThan(soon);
  });

  test('an import, which says how far it came', async () => {
    await using project = await Project.create();
    using running = new Running(['kv', 'import', 'b', '--backend', 'sqlite:kv.db'], project.folder);
    const lines = Array.from({ length: 5000 }, (_, index) => `{"key":"k${index}","value":"v"}\n`);
    await running.type(lines.join(''));
    const list = () => runKvasi(['kv', 'list', 'b', '--backend', 'sqlite:kv.db'], { cwd: project.folder });
    await expect.poll(async () => (await list()).stdout, { timeout: 10_000 }).toContain('k0\n');
    expect(await running.end(signal)).toBeLessThan(soon);
    expect(running.text).toMatch(/^kvasi: stopped after \d+ keys\.\n$/);
  });

  test('a backend that computes for ever while it is loaded', async () => {
    await using project = await Project.create({
      'mine.ts': "process.stdout.write('loading\\n');\nfor (;;) {}\n",
    });
    using running = new Running(['conformance', '--backend', './mine.ts'], project.folder);
    await expect.poll(() => running.text, { timeout: 10_000 }).toContain('loading');
    expect(await running.end(signal)).toBeLessThan(soon);
  });

  test('a store that accepts and says nothing', async () => {
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const connected = once(server, 'connection');
    using running = new Running(['kv', 'list', 'b', '--backend', `redis://127.0.0.1:${port}`], '.');
    await connected;
    expect(await running.end(signal)).toBeLessThan(soon);
    server.close();
  });

  test('a scenario that hangs', async () => {
    await using project = await Project.create({ 'scenarios.yaml': hanging });
    using running = new Running(['test'], project.folder);
    await expect.poll(() => running.text, { timeout: 10_000 }).toContain('on in_memory');
    // It may hang already, or be about to.
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(await running.end(signal)).toBeLessThan(soon);
    expect(running.text).toMatch(/stopped before the end/);
  });

  test.runIf(hasRedis)('a server that is being started for scenarios', async () => {
    await using project = await Project.create({
      'scenarios.yaml': hanging,
    });
    using running = new Running(['test', '--against', 'redis'], project.folder, { TMPDIR: project.folder });
    const servers = async () => (await readdir(project.folder)).filter((name) => name.startsWith('kvasi-'));
    await expect.poll(servers, { timeout: 10_000 }).toHaveLength(1);
    expect(await running.end(signal)).toBeLessThan(soon);
    expect(running.text).toMatch(/stopped before the end/);
    await expect.poll(servers).toEqual([]);
  });

  test('a first build that does not end when it is told to', async () => {
    const config = {
      build: { command: "trap '' TERM; echo building; sleep 600 & wait", component_path: 'app.wasm' },
    };
    await using project = await Project.create({ '.wash/config.json': JSON.stringify(config) });
    using running = new Running(['dev', '--address', 'localhost:0', '--no-inspector'], project.folder);
    await expect.poll(() => running.text, { timeout: 10_000 }).toMatch(/^building$/m);
    expect(await running.end(signal)).toBeLessThan(soon);
  });
});

test.runIf(process.platform !== 'win32')(
  'a copy and an export to a reader that does not read are ended',
  async () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `{"key":"k${index}","value":"v"}\n`);
    await using project = await Project.create({ 'in.jsonl': keys.join('') });
    await runKvasi(['kv', 'import', 'b', 'in.jsonl', '--backend', 'sqlite:kv.db'], { cwd: project.folder });
    for (const command of ['list', 'export']) {
      const child = spawn(process.execPath, [main, 'kv', command, 'b', '--backend', 'sqlite:kv.db'], {
        cwd: project.folder,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      await once(child.stdout, 'readable');
      const begun = performance.now();
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      expect(performance.now() - begun).toBeLessThan(soon);
      child.stdout.destroy();
    }
  },
);
