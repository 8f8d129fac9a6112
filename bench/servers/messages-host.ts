/** `node messages-host.js COMPONENT SECONDS`: publishes messages in memory, and prints how many a component has handled in a second. */
import { createHost } from '../../host/index.ts';

/** How many wait while one is handled, so that there is always one. */
const ahead = 1000;
const [, , component = '', seconds = '1'] = process.argv;

await using host = await createHost({ component, config: { subscriptions: 'bench' } });
/** As long again before it is counted, as requests have it. */
const duration = Number(seconds) * 1000;
const begun = performance.now() + duration;
let published = 0;
let handled = 0;
let first = 0;
const { promise, resolve } = Promise.withResolvers<void>();

function publishMore(): void {
  while (published - handled < ahead) {
    published += 1;
    void host.publish('bench', 'get a-key');
  }
}

host.on('message', ({ failure }) => {
  if (failure !== undefined) throw new Error(failure);
  handled += 1;
  const now = performance.now();
  if (now < begun) first = handled;
  if (now < begun + duration) publishMore();
  else resolve();
});
// A host without a port does not keep the process alive.
setInterval(() => {}, 1000);
publishMore();
await promise;
console.log((handled - first) / ((performance.now() - begun) / 1000));
process.exit(0);
