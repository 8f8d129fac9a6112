import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { expect, test } from 'vitest';
import { component, main } from '../support/kvasi-process.ts';
import { exchangeRaw } from '../support/raw-http.ts';
import { freePort } from '../support/server.ts';

const misbehave = component('misbehave');

/** `kvasi dev` in pipes that nobody reads at first. */
class UnreadHost implements AsyncDisposable {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 });
  #printed = { stdout: '', stderr: '' };

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  static async start(args: readonly string[]): Promise<UnreadHost> {
    const port = await freePort();
    const child = spawn(
      process.execPath,
      [main, 'dev', misbehave, '--address', `localhost:${port}`, '--no-inspector', ...args],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const host = new UnreadHost(child, `http://localhost:${port}`);
    await expect.poll(() => host.ask('/leak').catch(() => 0), { timeout: 30_000 }).toBe(200);
    return host;
  }

  /** Answers the status. */
  ask(path: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const asked = request(`${this.url}${path}`, { agent: this.#agent }, (answer) => {
        answer.resume().once('end', () => resolve(answer.statusCode ?? 0));
      });
      asked.once('error', reject).end();
    });
  }

  async askOften(path: string, count: number): Promise<void> {
    for (let done = 0; done < count; done += 8) {
      await Promise.all(Array.from({ length: Math.min(8, count - done) }, () => this.ask(path)));
    }
  }

  /** From now on somebody reads. */
  read(): void {
    for (const name of ['stdout', 'stderr'] as const) {
      this.#child[name]?.on('data', (bytes: Buffer) => {
        this.#printed[name] += bytes.toString();
      });
    }
  }

  get stdout(): string {
    return this.#printed.stdout;
  }

  get stderr(): string {
    return this.#printed.stderr;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy();
    this.#child.kill('SIGKILL');
    await once(this.#child, 'close');
  }
}

test('of events that nobody reads in time it is told once how many they were, of each kind', async () => {
  await using host = await UnreadHost.start(['--json']);
  const path = `/leak?${'x'.repeat(4000)}`;
  await host.askOften(path, 1200);
  for (let count = 0; count < 20; count += 1) await exchangeRaw(host.url, 'GET / HTTP/1.1', '', '');
  host.read();
  // Nothing more happens on this host.
  await expect.poll(() => host.stdout, { timeout: 20_000 }).toMatch(/"event":"missed".*\n/);
  const events = host.stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
  const told = events.filter(({ event, path: asked }) => event === 'request' && asked === path).length;
  expect(told).toBeGreaterThan(100);
  expect(events.filter(({ event }) => event === 'missed')).toEqual([
    { event: 'missed', requests: 1200 - told, refusals: 20 },
  ]);
  await host.ask('/leak');
  await expect.poll(() => host.stdout.split('\n').at(-2)).toMatch(/"event":"request".*"path":"\/leak"/);
  expect(host.stdout.match(/"event":"missed"/g)).toHaveLength(1);
});

test('of lines that nobody reads in time it is told once how many they were, on both outputs', async () => {
  // What prints waits until all others have been answered.
  await using host = await UnreadHost.start(['--request-timeout', '2m']);
  // It prints until nobody reads any more, and waits.
  const printing = host.ask('/print?mib=2');
  await host.askOften('/leak', 20);
  await host.askOften('/nowhere', 300);
  const count = 4000;
  await host.askOften(`/exit?${'x'.repeat(300)}`, count);
  host.read();
  const missed = (text: string, kind: string): number => {
    const counted = new RegExp(`… and more that nobody read in time: .*\\b${kind} × ([\\d,]+)`).exec(
      text,
    )?.[1];
    return Number(counted?.replaceAll(',', '') ?? 0);
  };
  await expect.poll(() => missed(host.stderr, 'traps'), { timeout: 20_000 }).toBeGreaterThan(0);
  await expect.poll(() => missed(host.stdout, '404'), { timeout: 20_000 }).toBeGreaterThan(0);
  expect(await printing).toBe(200);
  const told = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;
  // The last lines are on their way for a moment.
  await expect
    .poll(
      () => [
        told(host.stdout, /^GET {3}\/nowhere/gm) + missed(host.stdout, '404'),
        told(host.stdout, /^GET {3}\/exit/gm) + missed(host.stdout, '500'),
        told(host.stderr, /trapped: /g) + missed(host.stderr, 'traps'),
      ],
      { timeout: 20_000 },
    )
    .toEqual([300, count, count]);
  for (const text of [host.stdout, host.stderr]) expect(text.match(/nobody read in time/g)).toHaveLength(1);
});
