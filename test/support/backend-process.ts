import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Backend } from '../../host/interfaces/keyvalue/backends/backend.ts';
import { numberedValue } from './numbered-value.ts';
import { rounds } from './rounds.ts';

const script = fileURLToPath(new URL('backend-writer.ts', import.meta.url));

/** A process that uses a backend, and what it has printed. */
export class BackendProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #end: Promise<unknown>;
  #output = '';

  constructor(...args: readonly string[]) {
    this.#child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#end = once(this.#child, 'close');
    this.#child.stdout?.on('data', (data: Buffer) => {
      this.#output += data.toString();
    });
  }

  /** Whole lines. */
  get lines(): string[] {
    return this.#output.split('\n').slice(0, -1);
  }

  async firstLine(): Promise<void> {
    while (this.lines.length === 0) await once(this.#child.stdout ?? this.#child, 'data');
  }

  /** Waits until the process has done its task. */
  async finish(): Promise<void> {
    await this.#end;
    expect(this.#child.exitCode).toBe(0);
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#end;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

/** Kills a writer again and again, and finds every key as it was last acknowledged or newer, and whole. */
export async function expectToOutliveKills(
  name: string,
  path: string,
  connect: () => Promise<Backend>,
): Promise<void> {
  const acknowledged = new Map<string, number>();
  let next = 0;
  for (let round = 0; round < rounds.killedWriters; round += 1) {
    await using writer = new BackendProcess(name, path, 'write', String(next));
    await writer.firstLine();
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
    await writer.kill();
    for (const line of writer.lines) {
      const [key = '', number] = line.split(' ');
      acknowledged.set(key, Number(number));
      next = Number(number) + 2;
    }
    const store = await connect();
    const bucket = await store.open('b', {});
    for (const [key, number] of acknowledged) {
      const value = Buffer.from((await bucket.get(key)) ?? []);
      const found = Number(value.subarray(0, 10).toString());
      expect(found).toBeGreaterThanOrEqual(number);
      expect(value.equals(numberedValue(found)), `${key} is whole`).toBe(true);
    }
    await store.close();
  }
  expect(next).toBeGreaterThan(rounds.killedWriters);
}

/** Kills a process that gives one key an end again and again, now this and now that: the value that is there has its own. */
export async function expectEndsToOutliveKills(
  name: string,
  path: string,
  connect: () => Promise<Backend>,
): Promise<void> {
  let next = 0;
  for (let round = 0; round < rounds.killedWriters; round += 1) {
    await using writer = new BackendProcess(name, path, 'end', String(next));
    await writer.firstLine();
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
    await writer.kill();
    const acknowledged = Number(writer.lines.at(-1));
    const store = await connect();
    const bucket = await store.open('b', {});
    const text = Buffer.from((await bucket.get('k')) ?? []).toString();
    const [hours, count] = text.split(' ').map(Number);
    expect(count).toBeGreaterThanOrEqual(acknowledged);
    const [left] = (await bucket.timesLeft?.(['k'])) ?? [];
    expect(left === undefined ? 0 : Math.ceil(left / 3_600_000), `the hours left to '${text}'`).toBe(hours);
    await store.close();
    next = Number(count) + 1;
  }
}
