import { expect, test } from 'vitest';
import { component, KvasiDev } from '../support/kvasi-process.ts';
import { hasProcessStats, processorsBusy } from '../support/process-stats.ts';

const misbehave = component('misbehave');

/** Asks for an endless loop, and says whether an answer has come. */
function startLoop(kvasi: KvasiDev, init?: RequestInit) {
  let isOver = false;
  const answer = kvasi.fetch('/loop', init).finally(() => {
    isOver = true;
  });
  return { answer, isOver: () => isOver };
}

test('others are answered within two seconds while an endless loop goes on', async () => {
  await using kvasi = await KvasiDev.start([misbehave, '--request-timeout', '6s']);
  const loop = startLoop(kvasi);
  await kvasi.until(/keeps its thread busy/);
  const started = performance.now();
  const body = 'x'.repeat(200_000);
  expect(await kvasi.text('/leak')).toBe('1\n');
  expect(await kvasi.text('/echo', { method: 'POST', body })).toBe(body);
  expect(await kvasi.text('/drip?count=3&ms=10')).toBe('1\n2\n3\n');
  expect(performance.now() - started).toBeLessThan(2000);
  expect(loop.isOver(), 'it still loops').toBe(false);
  expect((await loop.answer).status).toBe(504);
});

test('three loops at once each get a 504, and a request behind them its answer', async () => {
  await using kvasi = await KvasiDev.start([misbehave, '--request-timeout', '4s']);
  const loops = [startLoop(kvasi), startLoop(kvasi), startLoop(kvasi)];
  expect(await kvasi.text('/leak')).toBe('1\n');
  const answers = await Promise.all(loops.map(({ answer }) => answer));
  expect(answers.map(({ status }) => status)).toEqual([504, 504, 504]);
  expect(await kvasi.text('/leak')).toBe('1\n');
  if (hasProcessStats) {
    const { pid } = kvasi;
    await expect.poll(() => processorsBusy(pid), { timeout: 10_000 }).toBeLessThan(0.5);
  }
});

test('a client that goes away from an endless loop ends it', async () => {
  await using kvasi = await KvasiDev.start([misbehave]);
  const abort = new AbortController();
  const loop = startLoop(kvasi, { signal: abort.signal });
  await kvasi.until(/keeps its thread busy/);
  abort.abort();
  await expect(loop.answer).rejects.toThrow();
  await kvasi.until(/GET {3}\/loop {2}---/);
  if (hasProcessStats) {
    const { pid } = kvasi;
    await expect.poll(() => processorsBusy(pid), { timeout: 10_000 }).toBeLessThan(0.5);
  }
  expect(await kvasi.text('/leak')).toBe('1\n');
});

test('one loop after another holds up nobody for long, and each gets its 504 in time', async () => {
  await using kvasi = await KvasiDev.start([misbehave, '--request-timeout', '8s']);
  await kvasi.text('/leak');
  const loops: Promise<number>[] = [];
  let slowest = 0;
  for (let round = 0; round < 6; round += 1) {
    const began = performance.now();
    loops.push(startLoop(kvasi).answer.then(() => performance.now() - began));
    for (let count = 0; count < 10; count += 1) {
      const started = performance.now();
      expect(await kvasi.text('/leak')).toBe('1\n');
      slowest = Math.max(slowest, performance.now() - started);
    }
  }
  expect(slowest).toBeLessThan(3000);
  for (const milliseconds of await Promise.all(loops)) {
    expect(milliseconds).toBeGreaterThan(7500);
    expect(milliseconds).toBeLessThan(11_000);
  }
});
