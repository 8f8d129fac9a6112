import { describe, expect, test } from 'vitest';
import { component, KvasiDev } from '../support/kvasi-in-process.ts';
import { isInstalled, natsServer, redisServer, Server } from '../support/server.ts';

const kinds = { redis: redisServer, nats: natsServer };

describe.for(Object.entries(kinds))('%s', async ([name, kind]) => {
  describe.runIf(await isInstalled(kind))('with a real server', () => {
    test('the guide’s flow works, and the key is there after a restart', async () => {
      await using server = await Server.start(kind);
      const args = [component('http-kv-handler'), '--backend', `${name}://127.0.0.1:${server.port}`];
      {
        await using kvasi = await KvasiDev.start(args);
        expect(kvasi.stderr).toBe('');
        const body = '{"key":"mykey","value":"myvalue"}';
        expect(await kvasi.text('/', { method: 'POST', body })).toContain('Stored');
      }
      await using again = await KvasiDev.start(args);
      expect((await again.text('/?key=mykey')).trimEnd()).toBe('[in_memory] myvalue');
      expect((await again.fetch('/?key=missing')).status).toBe(404);
    });

    test('two hosts count on the same counter without losing one', async () => {
      await using server = await Server.start(kind);
      const args = [component('kv-counter'), '--backend', `${name}://127.0.0.1:${server.port}`];
      await using one = await KvasiDev.start(args);
      await using other = await KvasiDev.start(args);
      const counts = await Promise.all(
        Array.from({ length: 64 }, (_, index) => (index % 2 === 0 ? one : other).text('/visits')),
      );
      const sorted = counts.map(Number).toSorted((a, b) => a - b);
      expect(sorted).toEqual(Array.from({ length: 64 }, (_, index) => index + 1));
    });

    test('a server that is away is an error in time, said once and without the password', async () => {
      await using server = await Server.start(kind);
      const { port } = server;
      await server[Symbol.asyncDispose]();
      const probe = component('kv-probe', 'kv-probe-draft2');
      await using kvasi = await KvasiDev.start([probe, '--backend', `${name}://u:hunter2@127.0.0.1:${port}`]);
      const get = async (): Promise<unknown> =>
        JSON.parse(await kvasi.text('/get', { method: 'POST', body: '{"bucket":"b","key":"k"}' }));
      const started = performance.now();
      expect(await get()).toMatchObject({
        error: { case: 'other', message: expect.stringContaining('away') },
      });
      expect(performance.now() - started).toBeLessThan(8000);
      await get();
      await kvasi.until(new RegExp(`warning: ${name} at .* is away`));
      expect(kvasi.stderr.match(/is away/g)).toHaveLength(1);
      expect(kvasi.stdout + kvasi.stderr).not.toContain('hunter2');
    });
  });
});
