import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Figure } from './figure.ts';
import { component, type HostCommand, ServedHost } from './served-host.ts';

const count = 500_000;

/** A host with half a million keys in memory gets another component, and then a request that loops. */
export async function keys(command: HostCommand): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kvasi-soak-'));
  try {
    const app = join(folder, 'app.wasm');
    await copyFile(component('kv-probe', 'kv-probe-draft2'), app);
    await using host = await ServedHost.start(command, [app], { cwd: folder });
    await fill(command, folder);
    const clients = new Clients(host.url);
    await copyFile(component('kv-probe', 'kv-probe-draft'), app);
    await sleep(8000);
    const reload = clients.slowest();
    void fetch(`${host.url}/sequence`, { method: 'POST', body: '[{"operation":"loop"}]' }).catch(() => {});
    await sleep(8000);
    const loop = clients.slowest();
    const lost = await clients.end();
    return [
      {
        name: `slowest request while a component with ${count} keys is replaced`,
        value: reload,
        unit: 'ms',
        wanted: { atMost: 200 },
      },
      { name: 'slowest request while one loops', value: loop, unit: 'ms', wanted: { atMost: 1500 } },
      { name: 'increments that were lost, or failed', value: lost, unit: '', wanted: { atMost: 0 } },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fill(command: HostCommand, folder: string): Promise<void> {
  const file = join(folder, 'keys.jsonl');
  const lines = createWriteStream(file);
  for (let index = 0; index < count; index += 1) {
    if (!lines.write(`{"key":"key-${index}","value":"value ${index}"}\n`)) await once(lines, 'drain');
  }
  lines.end();
  await once(lines, 'close');
  const { status, stderr } = spawnSync(process.execPath, [command, 'kv', 'import', 'b', file], {
    cwd: folder,
  });
  if (status !== 0) throw new Error(`the keys can't be set: ${stderr}`);
}

/** A client that increments one key, and notes how long each request took. */
class Clients {
  readonly #url: string;
  readonly #running: Promise<void>;
  #slowest = 0;
  #sent = 0;
  #isOver = false;

  constructor(url: string) {
    this.#url = url;
    this.#running = this.#run();
  }

  /** How long the slowest request took since the last call, in milliseconds. */
  slowest(): number {
    const slowest = this.#slowest;
    this.#slowest = 0;
    return slowest;
  }

  /** Ends, and answers how many increments are missing. */
  async end(): Promise<number> {
    this.#isOver = true;
    await this.#running;
    return this.#sent - (await this.#increment('0'));
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      const started = performance.now();
      this.#sent += 1;
      await this.#increment('1').catch(() => 0);
      this.#slowest = Math.max(this.#slowest, performance.now() - started);
      await sleep(10);
    }
  }

  async #increment(delta: string): Promise<number> {
    const body = JSON.stringify([{ operation: 'increment', bucket: 'b', key: 'n', delta }]);
    const response = await fetch(`${this.#url}/sequence`, { method: 'POST', body });
    const [answer] = (await response.json()) as { ok?: string }[];
    return Number(answer?.ok);
  }
}
