import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { ask } from './ask.ts';
import type { Figure } from './figure.ts';
import { component, type HostCommand, ServedHost } from './served-host.ts';

const mebibyte = 1024 * 1024;

/** What guests make the host keep: output that nobody reads, memories, operations. */
export async function memory(command: HostCommand): Promise<Figure[]> {
  return [await output(command), await memories(command), ...(await operations(command))];
}

async function output(command: HostCommand): Promise<Figure> {
  const args = [component('misbehave'), '--no-inspector', '--request-timeout', '10s'];
  await using host = await ServedHost.start(command, args, { isUnread: true });
  await ask(`${host.url}/print?mib=1500`, 15_000);
  return peak('a guest prints 1.5 GB that nobody reads', host, 400);
}

async function memories(command: HostCommand): Promise<Figure> {
  await using host = await ServedHost.start(command, [component('misbehave'), '--no-inspector']);
  await Promise.all(Array.from({ length: 20 }, () => ask(`${host.url}/memory?mib=300&ms=2000`)));
  return peak('twenty requests of 300 MiB at once', host, 4800);
}

async function operations(command: HostCommand): Promise<Figure[]> {
  await using host = await ServedHost.start(command, [component('kv-probe', 'kv-probe-draft2')]);
  const body = JSON.stringify(
    Array.from({ length: 400_000 }, () => ({ operation: 'get', bucket: 'b', key: 'k' })),
  );
  let isOver = false;
  const sent = new Promise<void>((resolve, reject) => {
    const workerData = { url: `${host.url}/sequence`, body };
    const thread = new Worker(new URL('post-thread.ts', import.meta.url), { workerData });
    thread.once('message', () => resolve());
    thread.once('error', reject);
  }).finally(() => {
    isOver = true;
  });
  let slowest = 0;
  while (!isOver) {
    // It is refused in the main thread, which is all that is asked of it.
    const { milliseconds, status } = await ask(host.url, 20_000, { host: 'no host' });
    if (status !== 400) throw new Error(`a request without a host was answered ${status}`);
    slowest = Math.max(slowest, milliseconds);
    await sleep(5);
  }
  await sent;
  return [
    peak('400,000 operations in one request', host, 900),
    {
      name: 'longest that the main thread answers nobody meanwhile',
      value: slowest,
      unit: 'ms',
      wanted: { atMost: 250 },
    },
  ];
}

function peak(name: string, host: ServedHost, atMost: number): Figure {
  return { name: `${name}: peak memory`, value: host.peak / mebibyte, unit: 'MiB', wanted: { atMost } };
}
