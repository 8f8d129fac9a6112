import { describe, expect, test } from 'vitest';
import { component, KvasiDev, runKvasi } from '../support/kvasi-process.ts';

const misbehave = component('misbehave');

describe.for([
  ['linked', {}],
  ['transpiled by jco', { KVASI_LOWERING: 'jco' }],
] as const)('a component that is %s', ([, env]) => {
  test('has no more memory than the limit, and each request as much', async () => {
    await using kvasi = await KvasiDev.start([misbehave, '--limit', 'memory=32MiB'], { env });
    for (let count = 0; count < 5; count += 1) {
      expect(await kvasi.text('/memory?mib=20')).toBe('20 MiB\n');
      const tooMuch = await kvasi.fetch('/memory?mib=40');
      expect(tooMuch.status).toBe(500);
    }
  });
});

test('what it was refused is told, with the limit that it met', async () => {
  await using kvasi = await KvasiDev.start([misbehave, '--limit', 'memory=32MiB']);
  expect((await kvasi.fetch('/memory?mib=40')).status).toBe(500);
  await kvasi.until(/did not get the memory it asked for: .* no more than 32MiB \(dev\.limits\.memory\)/);
});

test('all instances together have no more than their limit, which those that have ended give back', async () => {
  await using kvasi = await KvasiDev.start([misbehave, '--limit', 'totalMemory=96MiB']);
  for (let round = 0; round < 3; round += 1) {
    const paths = Array.from({ length: 8 }, () => '/memory?mib=20');
    const answers = await Promise.all(paths.map((path) => kvasi.fetch(path)));
    const served = answers.filter(({ status }) => status === 200).length;
    expect(served).toBeGreaterThanOrEqual(1);
    expect(await kvasi.text('/memory?mib=20')).toBe('20 MiB\n');
  }
  expect((await kvasi.fetch('/memory?mib=100')).status).toBe(500);
  await kvasi.until(/together have no more than 96MiB \(dev\.limits\.totalMemory\)/);
});

test.for(['memory=64KiB', 'totalMemory=64KiB', 'totalMemory=1MiB'])(
  'a component that begins with more than %s is refused',
  async (limit) => {
    const { code, stderr } = await runKvasi(['dev', misbehave, '--limit', limit, '--address', 'localhost:0']);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /misbehave\.wasm needs .* of memory to begin with, and may have (64KiB|1MiB)\. Raise dev\.limits\.memory, or/,
    );
  },
);
