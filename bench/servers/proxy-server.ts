/** `node proxy-server.js PORT`: bare node:http that sends each request on with undici. */
import { createServer } from 'node:http';
import { request } from 'undici';
import { parameter } from './answers.ts';

createServer(async (message, response) => {
  const [, query] = (message.url ?? '').split('?', 2);
  if (query === undefined) {
    response.end('ready\n');
    return;
  }
  try {
    const { statusCode, headers, body } = await request(parameter(query, 'url'));
    response.writeHead(statusCode, headers);
    body.pipe(response);
  } catch (error) {
    response.writeHead(502).end(String(error));
  }
}).listen(Number(process.argv[2]), '127.0.0.1');
