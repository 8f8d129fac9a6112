import { describe } from 'vitest';
import { redis } from '../../host/backends/redis.ts';
import { isInstalled, redisServer, Server } from '../support/server.ts';
import { movableClock } from './subject.ts';
import { conformance } from './suite.ts';

describe.runIf(await isInstalled(redisServer))('with a real server', () => {
  conformance('redis', async () => {
    const server = await Server.start(redisServer);
    const clock = movableClock();
    const context = { now: clock.now, operationTimeout: 5000, tell: () => {} };
    return {
      promises: redis.promises,
      clock,
      connect: async () => await redis.connect({ url: `redis://127.0.0.1:${server.port}` }, context),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  });
});
