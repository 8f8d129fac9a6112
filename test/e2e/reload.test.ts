import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { componentOf } from '../support/component.ts';
import { variantOf } from '../support/component-variant.ts';
import { component, KvasiDev } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';

const counter = await readFile(component('kv-counter'));
/** Answers /status/299 with that status; the counter counts it. */
const misbehave = await readFile(component('misbehave'));

/** As a build tool does it: writes beside, and renames. */
async function put(project: Project, bytes: Uint8Array): Promise<void> {
  await rename(await project.write('app.wasm.new', bytes), join(project.folder, 'app.wasm'));
}

const statusOf = async (kvasi: KvasiDev) => (await kvasi.fetch('/status/299')).status;
const until = (kvasi: KvasiDev, status: number) =>
  expect.poll(() => statusOf(kvasi), { timeout: 10_000, interval: 20 }).toBe(status);

test('a component that changes under load: none fails, the new one is there within a second', async () => {
  await using project = await Project.create({ 'app.wasm': counter });
  await using kvasi = await KvasiDev.start(['app.wasm'], { cwd: project.folder });
  let isOver = false;
  const statuses = new Set<number>();
  const counts: number[] = [];
  const clients = Array.from({ length: 4 }, async () => {
    while (!isOver) {
      const response = await kvasi.fetch('/status/299');
      const text = await response.text();
      statuses.add(response.status);
      if (response.status === 200) counts.push(Number(text));
      await sleep(5);
    }
  });
  const slow = kvasi.text('/status/299');
  const times: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    await sleep(1000);
    const started = performance.now();
    await put(project, variantOf(round % 2 === 0 ? misbehave : counter, `round ${round}`));
    await until(kvasi, round % 2 === 0 ? 299 : 200);
    times.push(performance.now() - started);
  }
  isOver = true;
  await Promise.all(clients);
  await slow;
  expect([...statuses].sort()).toEqual([200, 299]);
  // One of four, because another process may have the processor.
  expect(Math.min(...times)).toBeLessThan(1000);
  expect(new Set(counts).size, 'each count was given out once, before and after').toBe(counts.length);
  expect(kvasi.stderr).toBe('');
});

test('an answer that has begun arrives whole from the old component', async () => {
  await using project = await Project.create({ 'app.wasm': misbehave });
  await using kvasi = await KvasiDev.start(['app.wasm'], { cwd: project.folder });
  const drip = await kvasi.fetch('/drip?count=20&ms=100');
  await put(project, counter);
  await until(kvasi, 200);
  const lines = Array.from({ length: 20 }, (_, index) => `${index + 1}\n`);
  expect(await drip.text()).toBe(lines.join(''));
});

test('what was in memory is there for the new component', async () => {
  await using project = await Project.create({ 'app.wasm': counter });
  await using kvasi = await KvasiDev.start(['app.wasm'], { cwd: project.folder });
  expect(await kvasi.text('/a')).toBe('1\n');
  await put(project, variantOf(counter, 'next'));
  await kvasi.until(/^reloaded {2}app/m);
  expect(await kvasi.text('/a')).toBe('2\n');
});

test('a file that is written slowly is no mistake', async () => {
  await using project = await Project.create({ 'app.wasm': counter });
  await using kvasi = await KvasiDev.start(['app.wasm'], { cwd: project.folder });
  for (let part = 1; part <= 6; part += 1) {
    await project.write('app.wasm', misbehave.subarray(0, (misbehave.length * part) / 6));
    await sleep(120);
  }
  await until(kvasi, 299);
  expect(kvasi.stderr).toBe('');
});

test.for([
  ['that is cut off', counter.subarray(0, 4000), /app\.wasm can't be read .*Is it complete\?/],
  ['that is empty', new Uint8Array(), /app\.wasm is empty/],
  [
    'that imports what is not there',
    await componentOf('package a:b; interface i { f: func(); } world w { import i; }'),
    /imports what is not provided:\n {2}a:b\/i/,
  ],
] as const)('a component %s is told once, and the old one goes on', async ([, bytes, message]) => {
  await using project = await Project.create({ 'app.wasm': counter });
  await using kvasi = await KvasiDev.start(['app.wasm'], { cwd: project.folder });
  await put(project, bytes);
  await kvasi.until(message);
  await kvasi.until(/The last good component is served on/);
  expect(await kvasi.text('/a')).toBe('1\n');
  await sleep(500);
  expect(kvasi.stderr.match(/^kvasi:/gm)).toHaveLength(1);
  await put(project, misbehave);
  await until(kvasi, 299);
});

test('a folder that is removed and made again is noticed', async () => {
  await using project = await Project.create({ 'target/release/app.wasm': counter });
  await using kvasi = await KvasiDev.start(['target/release/app.wasm'], { cwd: project.folder });
  await rm(join(project.folder, 'target'), { recursive: true });
  await sleep(300);
  expect(await kvasi.text('/a')).toBe('1\n');
  await project.write('target/release/app.wasm', misbehave);
  await until(kvasi, 299);
  expect(kvasi.stderr).toBe('');
});

test('with --no-watch a change is left alone', async () => {
  await using project = await Project.create({ 'app.wasm': counter });
  await using kvasi = await KvasiDev.start(['app.wasm', '--no-watch'], { cwd: project.folder });
  await put(project, misbehave);
  await sleep(1000);
  expect(await statusOf(kvasi)).toBe(200);
});

test('a change of the configuration asks for a restart', async () => {
  await using project = await Project.create({
    'app.wasm': counter,
    '.wash/config.yaml': 'dev:\n  component_path: app.wasm\n',
  });
  await using kvasi = await KvasiDev.start([], { cwd: project.folder });
  await sleep(200);
  await project.write('.wash/config.yaml', 'dev:\n  component_path: app.wasm\n  instances: reuse\n');
  await kvasi.until(/config\.yaml has changed; end kvasi and start it again/);
});

test('--json tells of reloads, and of those that failed', async () => {
  await using project = await Project.create({ 'app.wasm': counter });
  await using kvasi = await KvasiDev.start(['app.wasm', '--json'], { cwd: project.folder });
  await put(project, counter.subarray(0, 4000));
  await kvasi.until(/"event":"reload-failed","reason":".*Is it complete/);
  await put(project, misbehave);
  await kvasi.until(/"event":"reloaded","component":".*app\.wasm","milliseconds":\d/);
});
