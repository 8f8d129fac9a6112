import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { hostUrl } from '../support/host-url.ts';
import { component, main, root } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';
import { rounds } from '../support/rounds.ts';
import { isInstalled, natsServer, redisServer } from '../support/server.ts';

const holder = fileURLToPath(new URL('../support/backend-holder.ts', import.meta.url));
const hasServers = (await isInstalled(redisServer)) && (await isInstalled(natsServer));
/** How long a program may take to begin on a machine that has much to do, in milliseconds. */
const patience = 90_000;
/** How long what nobody ends on purpose may stay, in milliseconds. */
const soon = { timeout: 20_000, interval: 20 };

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly args: string;
}

/** All processes of the machine but those that have ended and wait for their parents. */
function processes(): Process[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,args='], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => {
    const [, pid, parent, state = '', args = ''] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined || state.startsWith('Z')
      ? []
      : [{ pid: Number(pid), parent: Number(parent), args }];
  });
}

/** Children of a process, and theirs. */
function descendants(pid: number, all = processes()): Process[] {
  return all.filter(({ parent }) => parent === pid).flatMap((one) => [one, ...descendants(one.pid, all)]);
}

/** What kvasi keeps in a folder for temporary files. */
async function folders(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.startsWith('kvasi-'));
}

/** A program whose temporary files lie in a folder of its own. */
class Started implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly #project: Project;
  /** Processes that it has started. */
  readonly #seen = new Set<number>();
  #text = '';

  private constructor(project: Project, args: readonly string[], isLeader: boolean) {
    this.#project = project;
    this.child = spawn(process.execPath, args, {
      cwd: project.folder,
      env: { ...process.env, TMPDIR: project.folder, NO_COLOR: '1' },
      stdio: 'pipe',
      detached: isLeader,
    });
    const keep = (bytes: Buffer): void => {
      this.#text += String(bytes);
    };
    this.child.stdout?.on('data', keep);
    this.child.stderr?.on('data', keep);
  }

  static async run(
    args: readonly string[],
    { files = {}, isLeader = false }: { files?: Record<string, string>; isLeader?: boolean } = {},
  ): Promise<Started> {
    return new Started(await Project.create(files), args, isLeader);
  }

  get folder(): string {
    return this.#project.folder;
  }

  get text(): string {
    return this.#text;
  }

  async until(text: string | RegExp): Promise<void> {
    await vi.waitFor(() => expect(this.#text).toMatch(text), { timeout: patience });
  }

  /** Notes all that it has started so far, and answers which servers are among that. */
  servers(): string[] {
    const started = descendants(this.child.pid ?? 0);
    for (const { pid } of started) this.#seen.add(pid);
    return started.flatMap(({ args }) => /^\S*(redis|nats)-server/.exec(args)?.[1] ?? []).sort();
  }

  async expectServers(...names: string[]): Promise<void> {
    await vi.waitFor(() => expect(this.servers()).toEqual(names), { timeout: patience });
  }

  async expectNothingLeft(): Promise<void> {
    const left = (): string[] =>
      processes().flatMap(({ pid, args }) =>
        this.#seen.has(pid) || (args.includes(this.folder) && pid !== this.child.pid) ? [args] : [],
      );
    await vi.waitFor(() => expect(left()).toEqual([]), soon);
    await vi.waitFor(async () => expect(await folders(this.folder)).toEqual([]), soon);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGKILL');
    await this.#project[Symbol.asyncDispose]();
  }
}

describe
  .runIf(hasServers && process.platform !== 'win32')
  .concurrent('servers and folders of a test', { timeout: 180_000 }, () => {
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGKILL', 'SIGABRT'] as const;
    test.for(signals)('are gone when its process is ended by %s', async (signal) => {
      await using started = await Started.run([holder]);
      await started.until(/started\n/);
      await started.expectServers('nats', 'redis');
      expect(await folders(started.folder)).toHaveLength(1);
      const ended = once(started.child, 'exit');
      started.child.kill(signal);
      expect((await ended)[1]).toBe(signal);
      await started.expectNothingLeft();
    });

    test.for([
      ['exit', 3],
      ['throw', 1],
      ['end', 0],
      ['abort', null],
    ] as const)('are gone when its process ends by itself: %s', async ([way, code]) => {
      await using started = await Started.run([holder, way]);
      await started.until(/started\n/);
      await started.expectServers('nats', 'redis');
      const ended = once(started.child, 'exit');
      started.child.stdin?.write('go\n');
      expect((await ended)[0], started.text).toBe(code);
      await started.expectNothingLeft();
    });

    test('are gone when the worker that started them is terminated, and the process goes on', async () => {
      await using started = await Started.run([holder, 'worker']);
      await started.until(/started\n/);
      await started.expectServers('nats', 'redis');
      started.child.stdin?.write('go\n');
      await started.until(/terminated\n/);
      await started.expectNothingLeft();
      expect(started.child.exitCode).toBe(null);
    });

    test('outlive nothing that is killed together with its whole group', async () => {
      await using started = await Started.run([holder], { isLeader: true });
      await started.until(/started\n/);
      await started.expectServers('nats', 'redis');
      const ended = once(started.child, 'exit');
      process.kill(-(started.child.pid ?? 0), 'SIGKILL');
      await ended;
      await started.expectNothingLeft();
    });

    test('are gone where the process is killed at any moment of their start', async () => {
      for (let round = 0; round < rounds.killedStarts; round += 1) {
        const delay = (100 / rounds.killedStarts) * round;
        await using started = await Started.run([holder]);
        await vi.waitFor(async () => expect(await folders(started.folder)).not.toEqual([]), {
          timeout: patience,
          interval: 2,
        });
        await new Promise((resolve) => setTimeout(resolve, delay));
        started.servers();
        const ended = once(started.child, 'exit');
        started.child.kill('SIGKILL');
        await ended;
        await started.expectNothingLeft();
      }
    });

    const vitestTest = `import { startHost, backends } from ${JSON.stringify(hostUrl('testing').href)};
import { test } from 'vitest';
test('waits', async () => {
  const [redis, sqlite] = await backends('redis', 'sqlite');
  const host = await startHost({ component: ${JSON.stringify(component('kv-counter'))}, keyvalue: { default: await redis.entry() } });
  await (await host.fetch('/a')).text();
  await sqlite.entry();
  console.log('started');
  await new Promise(() => {});
}, 60_000);
`;
    test.for(['forks', 'threads'])('are gone after Ctrl-C in vitest with %s', async (pool) => {
      const vitest = join(root, 'node_modules/vitest/vitest.mjs');
      const files = { 'a.test.ts': vitestTest, 'vitest.config.mjs': 'export default {}\n' };
      const args = [vitest, 'run', '--pool', pool, '--disable-console-intercept'];
      await using started = await Started.run(args, { files, isLeader: true });
      await started.until(/started\n/);
      await started.expectServers('redis');
      const ended = once(started.child, 'exit');
      // As a terminal does it: to all processes of the group.
      process.kill(-(started.child.pid ?? 0), 'SIGINT');
      await new Promise((resolve) => setTimeout(resolve, 100));
      try {
        process.kill(-(started.child.pid ?? 0), 'SIGINT');
      } catch {
        // One was enough.
      }
      await ended;
      await started.expectNothingLeft();
    });

    const hanging = `component: ${component('misbehave')}
scenarios: [{ name: hangs, steps: [{ request: GET /sleep }] }]
`;
    test('are gone after Ctrl-C in kvasi test, which says what it waits for', async () => {
      const args = [main, 'test', '--against', 'redis'];
      await using started = await Started.run(args, { files: { 'scenarios.yaml': hanging } });
      await started.until(/on redis/);
      await started.expectServers('redis');
      const ended = once(started.child, 'exit');
      started.child.kill('SIGINT');
      await ended;
      await expect
        .poll(() => started.text)
        .toMatch(
          /^kvasi: waits for the host and redis-server [\d.]+ to end; Ctrl-C again ends all at once$/m,
        );
      await started.expectNothingLeft();
    });

    test('are gone at once after Ctrl-C twice in kvasi test', async () => {
      const args = [main, 'test', '--against', 'redis,sqlite,nats'];
      await using started = await Started.run(args, { files: { 'scenarios.yaml': hanging } });
      await started.until(/on redis/);
      await started.expectServers('redis');
      const ended = once(started.child, 'exit');
      started.child.kill('SIGINT');
      started.child.kill('SIGINT');
      await new Promise((resolve) => setTimeout(resolve, 20));
      started.child.kill('SIGINT');
      await ended;
      await started.expectNothingLeft();
    });

    test.for(['sqlite', 'filesystem'])('are gone when kvasi conformance on %s is killed', async (backend) => {
      await using started = await Started.run([main, 'conformance', '--backend', backend]);
      await started.until(/passed|\[\d+\/\d+\]/);
      expect(await folders(started.folder)).toHaveLength(1);
      const ended = once(started.child, 'exit');
      started.child.kill('SIGKILL');
      await ended;
      await started.expectNothingLeft();
    });
  });

test.runIf(hasServers)(
  'a backend that nobody disposes of does not keep its process from ending',
  async () => {
    await using started = await Started.run([holder, 'end']);
    await started.until(/started\n/);
    const ended = once(started.child, 'exit');
    started.child.stdin?.write('go\n');
    expect((await ended)[0]).toBe(0);
  },
);
