import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { type Backend, StoreError } from '../../host/interfaces/keyvalue/backends/backend.ts';
import { bytes } from '../../host/interfaces/keyvalue/conformance/bucket-contents.ts';
import { connectBackend } from '../../host/interfaces/keyvalue/connect-backend.ts';
import { keepLine, rawClient } from '../support/postgres-client.ts';
import {
  isInstalled,
  natsServer,
  postgresServer,
  redisServer,
  Server,
  type ServerKind,
} from '../support/server.ts';

/** Long enough that NATS' client has given up its first attempt to connect. */
const operationTimeout = 3000;

interface Used extends AsyncDisposable {
  readonly backend: Backend;
  /** What the user was told. */
  readonly told: readonly string[];
}

async function use(url: string): Promise<Used> {
  const told: string[] = [];
  const context = { now: Date.now, operationTimeout, tell: (text: string) => void told.push(text) };
  const kind = (['redis', 'nats', 'postgres'] as const).find((one) => url.startsWith(one)) ?? 'nats';
  const backend = await connectBackend({ kind, url }, context);
  return { backend, told, [Symbol.asyncDispose]: async () => await backend.close() };
}

/** The reason of a `StoreError`, that of `access-denied` too. */
async function refusal(action: () => unknown): Promise<string> {
  try {
    await action();
  } catch (error) {
    if (error instanceof StoreError) return error.message;
    throw error;
  }
  throw new Error('it was not refused');
}

/** What the component is told that opens a bucket and writes a key. */
const failure = ({ backend }: Used): Promise<string> =>
  refusal(async () => await (await backend.open('b', {})).set('k', bytes('v')));

async function expectTold(url: string, pattern: RegExp): Promise<void> {
  await using used = await use(url);
  const reason = await failure(used);
  expect(reason).toMatch(pattern);
  expect(reason).not.toContain('s3cret');
  await expect.poll(() => used.told).toEqual([expect.stringMatching(pattern)]);
}

/** A web server, which speaks no store's protocol. */
async function webServer(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer((_, response) => void response.end('hello')).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe.runIf(await isInstalled(redisServer))('redis', () => {
  test.for([
    ['a missing password', '', /refuses the connection: NOAUTH Authentication required: it wants a password/],
    [
      'a wrong password',
      ':s3cret@',
      /refuses the connection: WRONGPASS .*the user or the password in the URL is wrong/,
    ],
    ['a wrong user', 'u:s3cret@', /refuses the connection: WRONGPASS/],
  ] as const)('%s is called that', async ([, login, pattern]) => {
    await using server = await Server.start(redisServer, ['--requirepass', 'right']);
    await expectTold(`redis://${login}127.0.0.1:${server.port}`, pattern);
  });

  test('a database that is not there is refused, and nothing goes into another one', async () => {
    await using server = await Server.start(redisServer);
    await using used = await use(`redis://127.0.0.1:${server.port}/99`);
    const bucket = await used.backend.open('b', {});
    const end = performance.now() + 1000;
    while (performance.now() < end) {
      expect(await refusal(() => bucket.set('k', bytes('v')))).toMatch(/it has no database of that number/);
    }
    await using first = await use(`redis://127.0.0.1:${server.port}`);
    expect(await (await first.backend.open('b', {})).get('k')).toBeUndefined();
    expect(used.told).toEqual([
      expect.stringMatching(
        /refuses the connection: ERR DB index is out of range.*until it takes the connection$/,
      ),
    ]);
  });

  test('a replica says that it takes no writes, a full server that it is full', async () => {
    await using master = await Server.start(redisServer);
    await using replica = await Server.start(redisServer, ['--replicaof', '127.0.0.1', String(master.port)]);
    await using used = await use(`redis://127.0.0.1:${replica.port}`);
    expect(await failure(used)).toMatch(
      /refused: READONLY You can't write against a read only replica: it is a replica/,
    );
    await using full = await Server.start(redisServer, ['--maxmemory', '1']);
    await using other = await use(`redis://127.0.0.1:${full.port}`);
    expect(await failure(other)).toMatch(/refused: OOM .*its memory is full/);
  });

  test('a node of a cluster, and a server that is none', async () => {
    await using node = await Server.start(redisServer, ['--cluster-enabled', 'yes']);
    await using used = await use(`redis://127.0.0.1:${node.port}`);
    expect(await failure(used)).toMatch(/refused: CLUSTERDOWN .*its cluster is not complete/);
    await using plain = await Server.start(redisServer);
    await expectTold(`redis://127.0.0.1:${plain.port}?cluster=true`, /leave \?cluster=true out of the URL/);
  });

  test('a web server', async () => {
    await using web = await webServer();
    await expectTold(
      `redis://127.0.0.1:${web.port}`,
      /does not speak the protocol of Redis: is the port right/,
    );
  });

  test('a server that comes back with a password is told of as that', { timeout: 30_000 }, async () => {
    await expectPasswordTold(redisServer, ['--requirepass', 'right'], /NOAUTH .*it wants a password/);
  });

  test('what accepts and says nothing is asked whether it is the right one', async () => {
    await using silent = await silentServer();
    for (const scheme of ['redis', 'rediss']) {
      await using used = await use(`${scheme}://127.0.0.1:${silent.port}`);
      expect(await failure(used)).toMatch(
        /no connection after 3000 ms: .*does the server run, and does it speak TLS/,
      );
    }
  });

  test('a server that is frozen is told of, and that it is back', { timeout: 30_000 }, async () => {
    await using server = await Server.start(redisServer);
    await expectFreezeTold(server, `redis://127.0.0.1:${server.port}`);
  });
});

describe.runIf(await isInstalled(natsServer))('nats', () => {
  test.for([
    ['a missing password', ''],
    ['a wrong password', 'u:s3cret@'],
  ])('%s is called that', async ([, login]) => {
    await using server = await Server.start(natsServer, ['--user', 'u', '--pass', 'right']);
    const pattern = /refuses the connection: Authorization Violation: the user, password or token in the URL/;
    await expectTold(`nats://${login}127.0.0.1:${server.port}`, pattern);
  });

  test('a server without JetStream', async () => {
    const plain = { ...natsServer, args: (port: number) => ['-a', '127.0.0.1', '-p', String(port)] };
    await using server = await Server.start(plain);
    await using used = await use(`nats://127.0.0.1:${server.port}`);
    expect(await failure(used)).toMatch(/start it with JetStream: nats-server -js/);
  });

  test('a web server, and one without TLS', async () => {
    await using web = await webServer();
    await expectTold(`nats://127.0.0.1:${web.port}`, /does not greet as NATS does: is the port right/);
    await using server = await Server.start(natsServer);
    await expectTold(`tls://127.0.0.1:${server.port}`, /it does not speak TLS: write nats:/);
  });

  test('a server that comes back with a password is told of as that', { timeout: 30_000 }, async () => {
    await expectPasswordTold(
      natsServer,
      ['--user', 'u', '--pass', 'right'],
      /Authorization Violation.*the user, password/,
    );
  });

  test('a server that is frozen is told of, and that it is back', { timeout: 30_000 }, async () => {
    await using server = await Server.start(natsServer);
    await expectFreezeTold(server, `nats://127.0.0.1:${server.port}`);
  });
});

describe.runIf(await isInstalled(postgresServer))('postgres', () => {
  test.for([
    [
      'a wrong password',
      'postgres:s3cret@',
      '/postgres',
      /refuses the connection: password authentication failed.*write postgres:\/\//,
    ],
    [
      'a user that is not there',
      'nobody:s3cret@',
      '/postgres',
      /refuses the connection: password authentication failed/,
    ],
  ] as const)('%s is called that', async ([, login, path, pattern]) => {
    await using server = await Server.start(postgresServer);
    await keepLine(server, 'pg_hba.conf', 'host all all all scram-sha-256');
    await expectTold(`postgres://${login}127.0.0.1:${server.port}${path}`, pattern);
  });

  test('a database that is not there, and a server that lets nobody in like that', {
    timeout: 60_000,
  }, async () => {
    await using server = await Server.start(postgresServer);
    const at = `127.0.0.1:${server.port}`;
    await expectTold(
      `postgres://postgres@${at}/shop`,
      /refuses the connection: database "shop" does not exist: .*createdb/,
    );
    await expectTold(
      `postgres://nobody@${at}/postgres`,
      /refuses the connection: role "nobody" does not exist: it has no such user/,
    );
    await keepLine(server, 'pg_hba.conf', 'hostssl all all all trust');
    await expectTold(
      `postgres://postgres@${at}/postgres`,
      /refuses the connection: no pg_hba.conf entry.*look at its pg_hba\.conf/,
    );
  });

  test('a user without rights is told which it needs, as access-denied', { timeout: 60_000 }, async () => {
    await using server = await Server.start(postgresServer);
    await using sql = rawClient(server);
    await sql.unsafe('CREATE ROLE guest LOGIN').simple();
    await using used = await use(`postgres://guest@127.0.0.1:${server.port}/postgres`);
    const bucket = await used.backend.open('b', {});
    expect(await refusal(() => bucket.get('k'))).toMatch(
      /the schema kvasi can't be made: .*permission denied for database postgres: .*GRANT CREATE ON DATABASE/,
    );
    await expect(Promise.resolve(bucket.get('k'))).rejects.toMatchObject({ case: 'access-denied' });
    await sql.unsafe('CREATE SCHEMA kvasi AUTHORIZATION guest').simple();
    await bucket.set('k', bytes('v'));
    await sql
      .unsafe('ALTER TABLE kvasi.entries OWNER TO postgres; GRANT SELECT ON kvasi.entries TO guest')
      .simple();
    expect(await bucket.get('k')).toEqual(bytes('v'));
    await expect(Promise.resolve(bucket.set('k', bytes('w')))).rejects.toMatchObject({
      case: 'access-denied',
      message: expect.stringMatching(
        /permission denied for table entries: let this user .*; nothing was changed$/,
      ),
    });
  });

  test('a statement that waits for too long is ended by the server, and nothing is changed', {
    timeout: 60_000,
  }, async () => {
    await using server = await Server.start(postgresServer);
    await using sql = rawClient(server);
    await using used = await use(`postgres://postgres@127.0.0.1:${server.port}/postgres`);
    const bucket = await used.backend.open('b', {});
    await bucket.set('k', bytes('v'));
    await sql.begin(async (transaction) => {
      await transaction.unsafe('LOCK TABLE kvasi.entries');
      await expect(Promise.resolve(bucket.set('k', bytes('w')))).rejects.toMatchObject({ case: 'timeout' });
    });
    await expect.poll(async () => await bucket.get('k')).toEqual(bytes('v'));
  });

  test('a server with a full disk is a quota that is exceeded', { timeout: 60_000 }, async () => {
    await using server = await Server.start(postgresServer);
    await using sql = rawClient(server);
    await using used = await use(`postgres://postgres@127.0.0.1:${server.port}/postgres`);
    const bucket = await used.backend.open('b', {});
    await bucket.set('k', bytes('v'));
    // As the server tells it: no test can fill its disk and leave the others room.
    await sql
      .unsafe(`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      RAISE EXCEPTION 'could not extend file "base/5/16384": No space left on device' USING ERRCODE = 'disk_full'; END $$;
      CREATE TRIGGER full_disk BEFORE INSERT ON kvasi.entries EXECUTE FUNCTION full_disk()`)
      .simple();
    await expect(Promise.resolve(bucket.set('k', bytes('w')))).rejects.toMatchObject({
      case: 'quota-exceeded',
      message: expect.stringMatching(
        /No space left on device: its disk is full: free some space; nothing was changed$/,
      ),
    });
    expect(await bucket.get('k')).toEqual(bytes('v'));
  });

  test('a table of somebody else is not written to', { timeout: 60_000 }, async () => {
    await using server = await Server.start(postgresServer);
    await using sql = rawClient(server);
    await sql.unsafe('CREATE SCHEMA kvasi; CREATE TABLE kvasi.entries (id int)').simple();
    await using used = await use(`postgres://postgres@127.0.0.1:${server.port}/postgres`);
    expect(await failure(used)).toMatch(
      /is of another program, or of another version of kvasi: name another one, \?schema=NAME/,
    );
    await using other = await use(
      `postgres://postgres@127.0.0.1:${server.port}/postgres?schema=Mine%20"too"`,
    );
    const bucket = await other.backend.open('b', {});
    await bucket.set('k', bytes('v'));
    expect(await bucket.get('k')).toEqual(bytes('v'));
  });

  test('a web server, one without TLS, and one that accepts and says nothing', {
    timeout: 60_000,
  }, async () => {
    await using web = await webServer();
    for (const mode of ['prefer', 'disable', 'require']) {
      await expectTold(
        `postgres://127.0.0.1:${web.port}/d?sslmode=${mode}`,
        /(does not speak the protocol of PostgreSQL: is the port right|it closed the connection)/,
      );
    }
    await using server = await Server.start(postgresServer);
    await expectTold(
      `postgres://postgres@127.0.0.1:${server.port}/postgres?sslmode=require`,
      /it has no TLS, which the URL requires: write/,
    );
    await using silent = await silentServer();
    await using used = await use(`postgres://127.0.0.1:${silent.port}/d`);
    expect(await failure(used)).toMatch(
      /no connection after 3000 ms: .*does the server run, and does it speak TLS/,
    );
  });

  test('a server that comes back with a password is told of as that', { timeout: 60_000 }, async () => {
    await using server = await Server.start(postgresServer);
    await using used = await use(`postgres://postgres@127.0.0.1:${server.port}/postgres`);
    const bucket = await used.backend.open('b', {});
    await bucket.set('k', bytes('v'));
    await keepLine(server, 'pg_hba.conf', 'host all all all scram-sha-256');
    await expect
      .poll(() => refusal(() => bucket.get('k')), { timeout: 20_000 })
      .toMatch(/password authentication failed|no password/);
    expect(used.told).toEqual([
      expect.stringMatching(/is away: the connection was closed; trying again until it is back$/),
      expect.stringMatching(/refuses the connection: /),
    ]);
  });

  test('a server that is frozen is told of, and that it is back', { timeout: 60_000 }, async () => {
    await using server = await Server.start(postgresServer);
    await expectFreezeTold(server, `postgres://postgres@127.0.0.1:${server.port}/postgres`);
  });

  test.for([
    [
      'postgres://h/d?connections=4',
      /has the parameter 'connections'; known are sslmode, sslrootcert, pool_size, schema/,
    ],
    ['postgres://h/d?sslmode=always', /has the sslmode 'always'; expected disable, prefer/],
    ['postgres://h/d?pool_size=0', /pool_size that is not a number from 1 to 100/],
    ['postgres://u:s3cret%zz@h/d', /a % in its user, password or database that is not escaped/],
  ] as const)('%s can not be meant', async ([url, pattern]) => {
    await expect(use(url)).rejects.toThrow(pattern);
    await expect(use(url)).rejects.not.toThrow('s3cret');
  });
});

/** The password is wanted from the second start on. */
async function expectPasswordTold(
  kind: ServerKind,
  login: readonly string[],
  pattern: RegExp,
): Promise<void> {
  const extra: string[] = [];
  await using server = await Server.start(kind, extra);
  await using used = await use(`${kind === redisServer ? 'redis' : 'nats'}://127.0.0.1:${server.port}`);
  const bucket = await used.backend.open('b', {});
  await bucket.set('k', bytes('v'));
  extra.push(...login);
  await server.restart();
  await expect.poll(() => refusal(() => bucket.get('k')), { timeout: 10_000 }).toMatch(pattern);
  expect(used.told).toEqual([
    expect.stringMatching(/is away: the connection was closed; trying again until it is back$/),
    expect.stringMatching(/refuses the connection: /),
  ]);
  expect(used.told[1]).toMatch(pattern);
  extra.length = 0;
  await server.restart();
  await expect.poll(() => used.told.length, { timeout: 10_000 }).toBe(3);
  expect(used.told[2]).toMatch(/is back$/);
}

/** A server that reads what is sent to it. */
async function silentServer(): Promise<AsyncDisposable & { readonly port: number }> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket.on('error', () => {}).resume());
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function expectFreezeTold(server: Server, url: string): Promise<void> {
  await using used = await use(url);
  const bucket = await used.backend.open('b', {});
  await bucket.set('k', bytes('v'));
  await server.freeze(true);
  expect(await refusal(() => bucket.get('k'))).toMatch(/gave no answer within 3000 ms/);
  expect(used.told).toEqual([
    expect.stringMatching(/is away: it gave no answer within 3000 ms; trying again/),
  ]);
  await server.freeze(false);
  await expect.poll(async () => await bucket.get('k'), { timeout: 15_000 }).toEqual(bytes('v'));
  expect(used.told).toHaveLength(2);
  expect(used.told[1]).toMatch(/is back$/);
}
