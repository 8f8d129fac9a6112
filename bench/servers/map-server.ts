/** `node map-server.js PORT`: bare node:http and a Map. */
import { listen, parameter, readBody, send } from './answers.ts';

const values = new Map<string, Buffer>();
const pageSize = 1000;

listen(Number(process.argv[2]), {
  '/get': (query, _message, response) => {
    const key = parameter(query, 'key');
    const value = values.get(key);
    if (value === undefined) send(response, 404, `Key '${key}' not found\n`);
    else send(response, 200, value);
  },
  '/set': async (_query, message, response) => {
    const { key, value } = JSON.parse((await readBody(message)).toString()) as { key: string; value: string };
    values.set(key, Buffer.from(value));
    send(response, 200, `Stored '${key}'\n`);
  },
  '/increment': (query, _message, response) => {
    const key = parameter(query, 'key');
    const count = BigInt(values.get(key)?.toString() ?? '0') + 1n;
    values.set(key, Buffer.from(count.toString()));
    send(response, 200, `${count}\n`);
  },
  '/twenty': (_query, _message, response) => {
    let length = 0;
    for (let number = 0; number < 10; number++) {
      const key = `twenty-${number}`;
      values.set(key, Buffer.from('a value of some bytes'));
      length += values.get(key)?.length ?? 0;
    }
    send(response, 200, `${length} bytes\n`);
  },
  '/fill': (query, _message, response) => {
    const from = Number(parameter(query, 'from'));
    const count = Number(parameter(query, 'count'));
    for (let number = from; number < from + count; number++) {
      values.set(`key-${String(number).padStart(7, '0')}`, Buffer.from(`value ${number}`));
    }
    send(response, 200, `Made ${count} keys\n`);
  },
  '/list': (_query, _message, response) => {
    const keys: string[] = [];
    for (const key of values.keys()) {
      if (keys.push(key) === pageSize) break;
    }
    send(response, 200, `${keys.length} keys\n`);
  },
  '/list-all': (_query, _message, response) => send(response, 200, `${[...values.keys()].length} keys\n`),
});
