/** `node store-server.js PORT STORE`: bare node:http and a store, by the client and as durably as kvasi has it. */
import { listen, parameter, readBody, send } from './answers.ts';
import type { BareStore } from './stores/bare-store.ts';

const [, , port, url = ''] = process.argv;
const store = await open();

listen(Number(port), {
  '/get': async (query, _message, response) => {
    const key = parameter(query, 'key');
    const value = await store.get(key);
    if (value === undefined) send(response, 404, `Key '${key}' not found\n`);
    else send(response, 200, Buffer.from(value));
  },
  '/set': async (_query, message, response) => {
    const { key, value } = JSON.parse((await readBody(message)).toString()) as { key: string; value: string };
    await store.set(key, Buffer.from(value));
    send(response, 200, `Stored '${key}'\n`);
  },
  '/increment': async (query, _message, response) => {
    send(response, 200, `${await store.increment(parameter(query, 'key'))}\n`);
  },
  '/twenty': async (_query, _message, response) => {
    let length = 0;
    for (let number = 0; number < 10; number += 1) {
      const key = `twenty-${number}`;
      await store.set(key, Buffer.from('a value of some bytes'));
      length += (await store.get(key))?.length ?? 0;
    }
    send(response, 200, `${length} bytes\n`);
  },
});

async function open(): Promise<BareStore> {
  if (url.startsWith('redis:')) return (await import('./stores/redis.ts')).redisStore(url);
  if (url.startsWith('nats:')) return await (await import('./stores/nats.ts')).natsStore(url);
  const [kind, path = ''] = url.split(':', 2);
  if (kind === 'sqlite') return (await import('./stores/sqlite.ts')).sqliteStore(path);
  return (await import('./stores/files.ts')).filesStore(path);
}
