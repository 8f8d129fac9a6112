import { expect, test } from 'vitest';
import { component, KvasiDev } from '../support/kvasi-in-process.ts';

const probe = component('kv-probe', 'kv-probe-draft2');

const operations = [
  { operation: 'set', bucket: 'b', key: 'text', value: btoa('value') },
  { operation: 'busy', milliseconds: 30 },
  { operation: 'get', bucket: 'b', key: 'text' },
  { operation: 'get', bucket: 'b', key: 'nothing' },
  { operation: 'increment', bucket: 'b', key: 'text', delta: '1' },
];

const send = (kvasi: KvasiDev) =>
  kvasi.text('/sequence', { method: 'POST', body: JSON.stringify(operations) });

test('--verbose shows each operation: when it began, on which key, with which result, for how long', async () => {
  await using kvasi = await KvasiDev.start([probe, '--verbose']);
  await send(kvasi);
  await kvasi.until(/increment .*\n/);
  const [line, ...timeline] = kvasi.stdout.split('\n').slice(kvasi.stdout.split('\n').indexOf('') + 1);
  const text = [line, ...timeline].join('\n');
  expect(text).toMatch(/^POST {2}\/sequence {2}200 {2}\d+ ms$/m);
  expect(text).toMatch(/^ {4} *\+[\d.]+ ms {2}set +b\/text +5 B +[\d.]+ ms$/m);
  expect(text).toMatch(/^ {4} *\+[\d.]+ ms {2}get +b\/text +hit, 5 B +[\d.]+ ms$/m);
  expect(text).toMatch(/^ {4} *\+[\d.]+ ms {2}get +b\/nothing +miss +[\d.]+ ms$/m);
  expect(text, 'what failed stands out').toMatch(
    /^ {2}! *\+[\d.]+ ms {2}increment +b\/text +failed: .* ms$/m,
  );
});

test('operations begin after the request, in their order, and before it ends', async () => {
  await using kvasi = await KvasiDev.start([probe, '--json']);
  await send(kvasi);
  const event = JSON.parse(await kvasi.until(/\{"event":"request".*\}(?=\n)/)) as {
    milliseconds: number;
    operations: { op: string; start: number; milliseconds: number }[];
  };
  const starts = event.operations.map(({ start }) => start);
  expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  expect(starts[0]).toBeGreaterThan(0);
  const last = event.operations.at(-1);
  expect((last?.start ?? 0) + (last?.milliseconds ?? 0)).toBeLessThanOrEqual(event.milliseconds);
  const set = event.operations.find(({ op }) => op === 'set');
  const get = event.operations.find(({ op }) => op === 'get');
  expect((get?.start ?? 0) - (set?.start ?? 0), 'what it computed in between').toBeGreaterThanOrEqual(29);
});

test('without --verbose a request is one line', async () => {
  await using kvasi = await KvasiDev.start([probe]);
  await send(kvasi);
  await kvasi.until(/POST {2}\/sequence {2}200 {2}\d+ ms {2}open b .*set b\/text [\d.]+ ms.*\n/);
  expect(kvasi.stdout.trimEnd().split('\n').at(-1)).toMatch(/^POST/);
});
