import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { removeAtEnd } from '../../host/testing/servers/bound-process.ts';

test('a shell that waits for the end costs little', { skip: process.platform !== 'linux' }, async () => {
  const times: number[] = [];
  const ends = Array.from({ length: 20 }, (_, index) => {
    const begun = performance.now();
    const end = removeAtEnd(`/tmp/kvasi-none-${process.pid}-${index}`);
    times.push(performance.now() - begun);
    return end;
  });
  // The others waited for a machine that had more to do.
  expect(Math.min(...times)).toBeLessThan(15);
  const shells = execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(`kvasi-none-${process.pid}-`))
    .map((line) => line.trim().split(' ')[0]);
  expect(shells).toHaveLength(20);
  for (const pid of shells) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    expect(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1])).toBeLessThan(5000);
  }
  for (const end of ends) end();
});
