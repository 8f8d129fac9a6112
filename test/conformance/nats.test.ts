import { describe } from 'vitest';
import { nats } from '../../host/backends/nats.ts';
import { isInstalled, natsServer, Server } from '../support/server.ts';
import { movableClock } from './subject.ts';
import { conformance } from './suite.ts';

describe.runIf(await isInstalled(natsServer))('with a real server', () => {
  conformance('nats', async () => {
    const server = await Server.start(natsServer);
    const clock = movableClock();
    const context = { now: clock.now, operationTimeout: 5000, tell: () => {} };
    return {
      promises: nats.promises,
      clock,
      connect: async () => await nats.connect({ url: `nats://127.0.0.1:${server.port}` }, context),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  });
});
