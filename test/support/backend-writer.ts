/**
 * A host of its own that only writes, for tests that kill it:
 * `node backend-writer.ts filesystem|sqlite <path> write|end|increment|hold|half <number>`
 */
import { writeFileSync, writeSync } from 'node:fs';
import { join, relative } from 'node:path';
import { filesystem } from '../../host/interfaces/keyvalue/backends/filesystem/filesystem.ts';
import { FileLocks } from '../../host/interfaces/keyvalue/backends/filesystem/lock.ts';
import { hashOf } from '../../host/interfaces/keyvalue/backends/filesystem/names.ts';
import { ScratchFolder } from '../../host/interfaces/keyvalue/backends/filesystem/scratch-folder.ts';
import { sqlite } from '../../host/interfaces/keyvalue/backends/sqlite/sqlite.ts';
import { connectDefinition } from '../../host/interfaces/keyvalue/connect-backend.ts';
import { numberedValue } from './numbered-value.ts';

const [backend, path = '', task, number = '0'] = process.argv.slice(2);
const context = { now: Date.now, operationTimeout: 10_000, tell: () => {} };
const store = await connectDefinition(backend === 'sqlite' ? sqlite : filesystem, { path }, context);
const bucket = await store.open('b', {});

/** Not `console.log`: what was told has to be told when the process is killed right afterwards. */
function tell(text: string): void {
  writeSync(1, `${text}\n`);
}

if (task === 'write') {
  for (let count = Number(number); ; count += 1) {
    const key = count % 2 === 0 ? `k${count % 10}` : `k/${count % 10}`;
    await bucket.set(key, numberedValue(count));
    tell(`${key} ${count}`);
    // Answers come at once on some backends, and the thread has to see that it is told to end.
    await new Promise((resolve) => setImmediate(resolve));
  }
}
if (task === 'end') {
  for (let count = Number(number); ; count += 1) {
    const hours = count % 3;
    const life = hours === 0 ? [] : [hours * 3_600_000];
    await bucket.set('k', Buffer.from(`${hours} ${count}`), ...life);
    tell(String(count));
    await new Promise((resolve) => setImmediate(resolve));
  }
}
if (task === 'increment') {
  const each = Number(number) / 4;
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (let count = 0; count < each; count += 1) await bucket.increment('n', 1n, 's64');
    }),
  );
}
if (task === 'hold') {
  const locks = new FileLocks(join(path, '.kvasi', 'locks'), 1000);
  // What nobody refers to is collected, and its lock is given up with it.
  setInterval(() => locks, 1000);
  await locks.hold(hashOf('b', 'k'), () => {
    tell('held');
    return new Promise<void>(() => {});
  });
}
if (task === 'half') {
  const temporary = join(path, '.kvasi', 'temporary');
  const scratch = new ScratchFolder(temporary);
  const half = scratch.newPath();
  writeFileSync(half, 'half');
  tell(relative(temporary, half));
  await new Promise(() => setInterval(() => scratch, 1000));
}
await store.close();
