/** `node ioredis-server.js PORT URL`: bare node:http and ioredis with its default settings. */
import { Redis } from 'ioredis';
import { listen, parameter, readBody, send } from './answers.ts';

const redis = new Redis(process.argv[3] ?? '');

listen(Number(process.argv[2]), {
  '/get': async (query, _message, response) => {
    const key = parameter(query, 'key');
    const value = await redis.getBuffer(key);
    if (value === null) send(response, 404, `Key '${key}' not found\n`);
    else send(response, 200, value);
  },
  '/set': async (_query, message, response) => {
    const { key, value } = JSON.parse((await readBody(message)).toString()) as { key: string; value: string };
    await redis.set(key, value);
    send(response, 200, `Stored '${key}'\n`);
  },
  '/increment': async (query, _message, response) => {
    send(response, 200, `${await redis.incr(parameter(query, 'key'))}\n`);
  },
});
