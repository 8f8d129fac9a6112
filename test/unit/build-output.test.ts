import { expect, test } from 'vitest';
import { runBuild } from '../../host/dev/build.ts';

test('a build that prints waits while nobody reads', async () => {
  const { promise: isRead, resolve: read } = Promise.withResolvers<void>();
  let bytes = 0;
  const command = `"${process.execPath}" -e "process.stdout.write('x'.repeat(5000000))"`;
  const build = { command, directory: import.meta.dirname, env: { ...process.env } };
  const onOutput = (_: string, part: Uint8Array): Promise<void> => {
    bytes += part.length;
    return isRead;
  };
  let isOver = false;
  const ended = runBuild(build, onOutput, new AbortController().signal).then((reason) => {
    isOver = true;
    return reason;
  });
  await expect.poll(() => bytes, { timeout: 10_000 }).toBeGreaterThan(0);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect([bytes < 500_000, isOver]).toEqual([true, false]);
  read();
  expect(await ended).toBe(undefined);
  expect(bytes).toBe(5_000_000);
});
