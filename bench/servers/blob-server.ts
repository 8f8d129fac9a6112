/** `node blob-server.js PORT FOLDER`: bare node:http and files, flushed to the disk before a write is answered. */
import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { listen, parameter, send } from './answers.ts';

const folder = process.argv[3] ?? '';

const place = (query: string): string =>
  join(folder, parameter(query, 'container'), parameter(query, 'object'));

listen(Number(process.argv[2]), {
  '/container-exists': async (query, _message, response) => {
    const found = await stat(join(folder, parameter(query, 'container'))).catch(() => undefined);
    send(response, 200, String(found !== undefined));
  },
  '/create-container': async (query, _message, response) => {
    await mkdir(join(folder, parameter(query, 'container')), { recursive: true });
    send(response, 200, 'true');
  },
  '/get-data': async (query, _message, response) => {
    const path = place(query);
    response.writeHead(200, { 'content-length': (await stat(path)).size });
    // A client that goes in the middle is no failure.
    await pipeline(createReadStream(path), response).catch(() => response.destroy());
  },
  '/write-data': async (query, message, response) => {
    const beside = join(folder, randomUUID());
    let size = 0;
    message.on('data', (chunk: Buffer) => {
      size += chunk.length;
    });
    try {
      await pipeline(message, createWriteStream(beside, { flush: true }));
    } catch {
      response.destroy();
      return;
    }
    await rename(beside, place(query));
    await using parent = await open(join(folder, parameter(query, 'container')));
    await parent.sync();
    send(response, 200, String(size));
  },
});
