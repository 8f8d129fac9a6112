import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { hostUrl } from './host-url.ts';

/** Starts backends in folders and on servers, says so, and ends as its argument says; killed from outside for `wait`. */
const [, , way = 'wait'] = process.argv;
const { backends } = (await import(hostUrl('testing').href)) as typeof import('../../host/testing.ts');

async function begin(): Promise<void> {
  for (const backend of await backends('redis', 'nats', 'sqlite', 'filesystem')) await backend.entry();
}

if (!isMainThread) {
  await begin();
  parentPort?.postMessage('started');
  setInterval(() => {}, 1000);
} else if (way === 'worker') {
  const worker = new Worker(new URL(import.meta.url));
  await new Promise((resolve) => worker.once('message', resolve));
  process.stdout.write('started\n');
  process.stdin.once('data', async () => {
    await worker.terminate();
    process.stdout.write('terminated\n');
    setInterval(() => {}, 1000);
  });
} else {
  await begin();
  process.stdout.write('started\n');
  process.stdin.once('data', () => {
    if (way === 'exit') process.exit(3);
    if (way === 'throw') throw new Error('nobody catches this');
    if (way === 'end') process.stdin.destroy();
    if (way === 'abort') process.abort();
  });
}
