import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createClient } from '../../host/interfaces/keyvalue/backends/postgres/session-client.ts';

test('a write to PostgreSQL that fails after its connection has closed ends nothing', async () => {
  await using server = createServer((socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const address = { host: '127.0.0.1', port };
  const login = {
    user: 'u',
    password: '',
    database: 'd',
    sslMode: 'disable',
    statementTimeout: 0,
    settings: {},
  };
  const { promise: closed, resolve: hasClosed } = Promise.withResolvers<void>();
  let socket: Socket | undefined;
  const sql = createClient(address, login as never, hasClosed, () => {
    if (socket !== undefined) throw new Error('once is enough');
    socket = connect(port, address.host);
    return socket;
  });
  await expect(sql.unsafe('SELECT 1')).rejects.toThrow();
  await closed;
  // Without anybody who listens this would throw.
  expect(socket?.emit('error', new Error('write EBADF'))).toBe(true);
});
