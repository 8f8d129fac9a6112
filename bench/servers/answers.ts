import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** What the components `bench`, `hello` and `misbehave` answer, by path. */
export type Answer = (
  query: string,
  message: IncomingMessage,
  response: ServerResponse,
) => void | Promise<void>;

/** The heads are those that the components send. */
export function send(response: ServerResponse, status: number, body: string | Buffer): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

export async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The decoded value of a query parameter. */
export function parameter(query: string, name: string): string {
  for (const pair of query.split('&')) {
    if (pair.startsWith(`${name}=`)) return decodeURIComponent(pair.slice(name.length + 1));
  }
  return '';
}

/** What the component writes over and over. */
const hugePart = Buffer.alloc(
  64 * 1024,
  Uint8Array.from({ length: 256 }, (_, index) => index),
);

/** What needs no store. */
const withoutStore: Readonly<Record<string, Answer>> = {
  '/': (_query, _message, response) => send(response, 200, 'Hello, world!\n'),
  '/echo': (_query, message, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    message.pipe(response);
  },
  '/huge': (query, _message, response) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    let left = Number(parameter(query, 'mib')) * 16;
    const writeOn = (): void => {
      for (; left > 0; left -= 1) {
        if (response.write(hugePart)) continue;
        left -= 1;
        response.once('drain', writeOn);
        return;
      }
      response.end();
    };
    writeOn();
  },
  '/sleep': (query, _message, response) => {
    setTimeout(() => send(response, 200, 'awake\n'), Number(parameter(query, 'ms')));
  },
};

export function listen(port: number, answers: Readonly<Record<string, Answer>>): void {
  const all = new Map(Object.entries({ ...withoutStore, ...answers }));
  createServer((message, response) => {
    const [path = '', query = ''] = (message.url ?? '').split('?', 2);
    const answer = all.get(path);
    if (answer === undefined) {
      send(response, 404, 'No such path\n');
      return;
    }
    const pending = answer(query, message, response);
    pending?.catch((error: unknown) => send(response, 500, `${error}\n`));
  }).listen(port, '127.0.0.1');
}
