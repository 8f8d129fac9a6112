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

const files: string[] = [];
// What `kvasi new` writes is for a component that is built there.
for await (const file of glob('components/*/scenarios.yaml', { cwd: root }))
  if (!file.includes('template')) files.push(file);
files.sort();

test('there are scenarios of the example components', () => {
  expect(files.length).toBeGreaterThanOrEqual(10);
});

test.concurrent.for(backends)(
  'every example component behaves as it should on %s',
  { timeout: 180_000 },
  async (backend) => {
    const args = ['test', ...files, '--against', backend, '--reporter', 'json'];
    const { code, stdout } = await runKvasi(args, { patience: 170_000 });
    const { results } = JSON.parse(stdout) as { results: readonly Result[] };
    expect(results.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
    expect(new Set(results.map((result) => result.backend))).toEqual(new Set([backend]));
    expect(new Set(results.map(({ file }) => file))).toEqual(new Set(files));
    expect(code).toBe(0);
  },
);
