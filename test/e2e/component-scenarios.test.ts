import { glob } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { root, runKvasi } from '../support/kvasi-in-process.ts';
import { isInstalled, natsServer, redisServer } from '../support/server.ts';

const backends = [
  ...['in_memory', 'filesystem', 'sqlite'],
  ...((await isInstalled(redisServer)) ? ['redis'] : []),
  ...((await isInstalled(natsServer)) ? ['nats'] : []),
];

interface Result {
  readonly file: string;
  readonly name: string;
  readonly backend: string;
  readonly outcome: string;
  readonly reason?: string;
}

test('every example component behaves alike on every backend', { timeout: 180_000 }, async () => {
  const files: string[] = [];
  // What `kvasi new` writes is for a component that is built there.
  for await (const file of glob('components/*/scenarios.yaml', { cwd: root }))
    if (!file.includes('template')) files.push(file);
  files.sort();
  expect(files.length).toBeGreaterThanOrEqual(10);
  const args = ['test', ...files, '--against', backends.join(','), '--reporter', 'json'];
  const { code, stdout } = await runKvasi(args, { patience: 170_000 });
  const { results } = JSON.parse(stdout) as { results: readonly Result[] };
  expect(results.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
  expect(new Set(results.map(({ backend }) => backend))).toEqual(new Set(backends));
  expect(new Set(results.map(({ file }) => file))).toEqual(new Set(files));
  expect(code).toBe(0);
});
