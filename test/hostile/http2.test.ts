import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { Http2Client } from '../support/http2-client.ts';
import { component, KvasiDev } from '../support/kvasi-in-process.ts';
import { rounds } from '../support/rounds.ts';
import { hostileFrames, preface } from './http2-frames.ts';
import { Random } from './random.ts';

const hello = component('wasi-0.3/hello-async', 'hello-async');
const seed = 20_261_130;

/** Sends bytes, and waits until the host has closed the connection or has nothing more to say. */
async function say(port: number, bytes: Uint8Array): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await Promise.race([once(socket, 'connect').catch(() => {}), closed]);
  let heard = performance.now();
  socket.on('data', () => {
    heard = performance.now();
  });
  socket.write(bytes);
  while (!socket.destroyed && performance.now() - heard < 30) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  socket.destroy();
  await closed;
}

test('nothing that a client says in frames of HTTP/2 breaks the host', { timeout: 300_000 }, async () => {
  await using kvasi = await KvasiDev.start([hello]);
  const port = Number(new URL(kvasi.url).port);
  for (let number = 0; number < rounds.hostileExchanges; number += 1) {
    await say(port, hostileFrames(new Random(seed, 'http2', number)));
    if (number % 20 > 0) continue;
    await using client = await Http2Client.connect(kvasi.url);
    expect(await client.fetch('/'), `after ${number}`).toMatchObject({ status: 200, reset: 0 });
  }
  expect(kvasi.stderr).not.toMatch(/a fault of kvasi|broke down/);
});

test.for([
  ['settings', Buffer.from('\0\0\0\u0004\0\0\0\0\0', 'latin1')],
  ['pings', Buffer.from('\0\0\u0008\u0006\0\0\0\0\0\0\0\0\0\0\0\0\0', 'latin1')],
  ['continuations', Buffer.from('\0\0\u0001\u0009\0\0\0\0\u0001\0', 'latin1')],
  ['empty data', Buffer.from('\0\0\0\0\0\0\0\0\u0001', 'latin1')],
] as const)('a flood of %s is cut off, or costs nobody else anything', async ([, frame]) => {
  await using kvasi = await KvasiDev.start([hello]);
  await using client = await Http2Client.connect(kvasi.url);
  const socket = connect(Number(new URL(kvasi.url).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write(preface, 'latin1');
  socket.write(Buffer.from('\0\0\0\u0004\0\0\0\0\0', 'latin1'));
  // A request whose headers, and whose body, are still to come.
  socket.write(Buffer.from('\0\0\u0003\u0001\0\0\0\0\u0001\u0082\u0086\u0084', 'latin1'));
  const many = Buffer.concat(Array.from({ length: 10_000 }, () => frame));
  for (let round = 0; round < 20 && !socket.destroyed; round += 1) {
    socket.write(many);
    expect(await client.fetch('/')).toMatchObject({ status: 200 });
  }
  socket.destroy();
  expect(await client.fetch('/')).toMatchObject({ status: 200 });
});
