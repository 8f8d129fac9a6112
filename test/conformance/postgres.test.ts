import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Backend } from '../../host/interfaces/keyvalue/backends/backend.ts';
import { postgres } from '../../host/interfaces/keyvalue/backends/postgres/postgres.ts';
import { bytes, keysOf, textOf } from '../../host/interfaces/keyvalue/conformance/bucket-contents.ts';
import { refusal } from '../../host/interfaces/keyvalue/conformance/refusal.ts';
import { movableClock, subjectOf } from '../../host/interfaces/keyvalue/conformance/subject.ts';
import { connectDefinition } from '../../host/interfaces/keyvalue/connect-backend.ts';
import { makeCertificate } from '../support/certificate.ts';
import { connect, keepCertificate, rawClient, standbyOf, urlOf } from '../support/postgres-client.ts';
import { isInstalled, postgresServer, Server, temporaryFolder } from '../support/server.ts';
import {
  expectHistoriesToOutliveKills,
  expectIncrementsToOutliveKills,
  expectToOutliveFreeze,
  operationTimeout,
} from './faults.ts';
import { conformance } from './suite.ts';

describe.runIf(await isInstalled(postgresServer))('with a real server', () => {
  conformance('postgres', postgres, async () => {
    const server = await Server.start(postgresServer);
    const url = urlOf(server);
    return await subjectOf({ kind: 'postgres', url }, { dispose: () => server[Symbol.asyncDispose]() });
  });

  test('what is written is found by SQL, in one table', async () => {
    await using server = await Server.start(postgresServer);
    await using sql = rawClient(server);
    await using backend = await connect(server);
    const bucket = await backend.open('my bucket', {});
    await bucket.set('a/ä', new Uint8Array([0, 255]));
    await bucket.increment('n', 41n, 'u64');
    const rows = await sql.unsafe(
      `SELECT convert_from(bucket, 'UTF8') AS bucket, convert_from(key, 'UTF8') AS key, value FROM kvasi.entries ORDER BY entries.key`,
    );
    expect(rows.map(({ bucket: name, key }) => [name, key])).toEqual([
      ['my bucket', 'a/ä'],
      ['my bucket', 'n'],
    ]);
    expect(rows.map(({ value }) => [...(value as Buffer)])).toEqual([[0, 255], [...bytes('41')]]);
  });

  test('any text is a bucket and a key, of its own', { timeout: 120_000 }, async () => {
    await using server = await Server.start(postgresServer);
    await using backend = await connect(server);
    const unit = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom('\0', '\\', '"', '{}', ',', "'"),
    );
    const text = fc.array(unit, { maxLength: 6 }).map((parts) => parts.join(''));
    const long = fc
      .tuple(fc.integer({ min: 990, max: 1010 }), text)
      .map(([size, end]) => 'k'.repeat(size) + end);
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.uniqueArray(fc.oneof(text, long), { minLength: 1, maxLength: 8 }),
        async (name, keys) => {
          const bucket = await backend.open(`${name}/${Math.random()}`, {});
          for (const key of keys) await bucket.set(key, bytes(`v${key.length}`));
          expect(await keysOf(bucket)).toEqual(
            keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
          );
          expect((await bucket.getMany?.(keys))?.map(String)).toEqual(
            keys.map((key) => String(bytes(`v${key.length}`))),
          );
          await bucket.deleteMany?.(keys);
          expect(await keysOf(bucket)).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('names of buckets that are longer than an index takes are apart', async () => {
    await using server = await Server.start(postgresServer);
    await using backend = await connect(server);
    const names = ['x'.repeat(5000), `${'x'.repeat(4999)}y`, 'x'.repeat(1000), 'x'.repeat(1001)];
    for (const name of names) await (await backend.open(name, {})).set('k', bytes(name.slice(-2)));
    for (const name of names) expect(await textOf(await backend.open(name, {}), 'k')).toBe(name.slice(-2));
  });

  test('several hosts make the table at once', async () => {
    await using server = await Server.start(postgresServer);
    await using stack = new AsyncDisposableStack();
    const backends = await Promise.all(Array.from({ length: 6 }, () => connect(server)));
    const buckets = await Promise.all(backends.map((backend) => stack.use(backend).open('b', {})));
    await Promise.all(
      buckets.flatMap((bucket) => Array.from({ length: 20 }, () => bucket.increment('n', 1n, 's64'))),
    );
    for (const bucket of buckets) expect(await textOf(bucket, 'n')).toBe('120');
  });

  test('a table that somebody removed is made again', async () => {
    await using server = await Server.start(postgresServer);
    await using sql = rawClient(server);
    await using backend = await connect(server);
    const bucket = await backend.open('b', {});
    await bucket.set('k', bytes('v'));
    await sql.unsafe('DROP SCHEMA kvasi CASCADE');
    expect(await bucket.get('k')).toBeUndefined();
    await bucket.set('k', bytes('again'));
    expect(await textOf(bucket, 'k')).toBe('again');
  });

  test('no more connections than the URL says, and they are shared', async () => {
    await using server = await Server.start(postgresServer);
    await using sql = rawClient(server);
    await using backend = await connect(server, { query: '?pool_size=3' });
    const bucket = await backend.open('b', {});
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(Array.from({ length: 200 }, (_, index) => bucket.set(`k${index}`, bytes('v'))));
    }
    const count = `SELECT count(*)::int FROM pg_stat_activity WHERE application_name = 'kvasi'`;
    expect((await sql.unsafe(count))[0]?.count).toBe(3);
    await backend.close();
    await expect.poll(async () => (await sql.unsafe(count))[0]?.count).toBe(0);
  });

  test('a batch is written whole or not at all, also where it takes several statements', {
    timeout: 180_000,
  }, async () => {
    await using server = await Server.start(postgresServer);
    await using sql = rawClient(server);
    await using backend = await connect(server);
    const bucket = await backend.open('b', {});
    const value = new Uint8Array(9 * 1024 * 1024).fill(7);
    await bucket.setMany?.(['a', 'b', 'c'].map((key) => [key, value] as const));
    expect(await keysOf(bucket)).toEqual(['a', 'b', 'c']);
    expect((await bucket.get('c'))?.length).toBe(value.length);
    // The last one of them is refused.
    await sql.unsafe(`ALTER TABLE kvasi.entries ADD CHECK (key <> 'f')`);
    const pairs = ['d', 'e', 'f'].map((key) => [key, value] as const);
    expect(await refusal(async () => await bucket.setMany?.(pairs))).toMatch(
      /violates check constraint.*nothing was changed/,
    );
    expect(await keysOf(bucket)).toEqual(['a', 'b', 'c']);
  });

  test('what was deleted and what has ended goes from the table some time later', async () => {
    await using server = await Server.start(postgresServer);
    await using sql = rawClient(server);
    const clock = movableClock();
    await using backend = await connect(server, { now: clock.now });
    const bucket = await backend.open('b', { ttl: 60_000 });
    await bucket.set('ended', bytes('v'));
    await bucket.set('deleted', bytes('v'));
    await bucket.delete('deleted');
    clock.advance(60_000);
    expect(await keysOf(bucket)).toEqual([]);
    const [before] = await sql.unsafe(
      'SELECT count(*)::int, sum(octet_length(value))::int AS size FROM kvasi.entries',
    );
    expect(before).toEqual({ count: 2, size: 1 });
    // By the server's clock, by which no host is ahead.
    await sql.unsafe(`UPDATE kvasi.entries SET changed = now() - interval '11 minutes'`);
    const { statementsFor } = await import('../../host/interfaces/keyvalue/backends/postgres/statements.ts');
    await sql.unsafe(statementsFor('kvasi').sweep, [clock.now()]);
    expect((await sql.unsafe('SELECT count(*)::int FROM kvasi.entries'))[0]?.count).toBe(0);
  });

  test('an end of its own is kept by increments and swaps, and removed by a write', async () => {
    await using server = await Server.start(postgresServer);
    const clock = movableClock();
    const { raw, close } = await connectRaw(server, clock.now);
    const bucket = raw.open('b', { ttl: 100_000 });
    await bucket.set('n', bytes('1'), 50_000);
    await bucket.set('both', bytes('1'), 200_000);
    clock.advance(10_000);
    await bucket.increment('n', 1n, 's64');
    const { version } = await bucket.getVersioned('n');
    expect(await bucket.setIfVersion('n', bytes('3'), version)).toBe(true);
    const [left, both, none] = await bucket.timesLeft(['n', 'both', 'none']);
    expect(left).toBeGreaterThan(39_000);
    expect(left).toBeLessThanOrEqual(40_000);
    expect(both).toBeGreaterThan(189_000);
    expect(none).toBeUndefined();
    clock.advance(40_000);
    expect(await bucket.get('n')).toBeUndefined();
    await bucket.set('both', bytes('2'));
    expect(await bucket.timesLeft(['both'])).toEqual([undefined]);
    clock.advance(99_000);
    expect(await textOf(bucket, 'both')).toBe('2');
    clock.advance(1000);
    expect(await bucket.get('both')).toBeUndefined();
    await close();
  });

  test('10,000 keys are listed in order, each once, while others are written', {
    timeout: 180_000,
  }, async () => {
    await using server = await Server.start(postgresServer);
    await using backend = await connect(server);
    const bucket = await backend.open('b', {});
    const keys = Array.from({ length: 10_000 }, (_, index) => `key.${String(index).padStart(5, '0')}`);
    await bucket.setMany?.(keys.map((key) => [key, bytes('v')] as const));
    const listed: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await bucket.listKeys(cursor);
      listed.push(...page.keys);
      cursor = page.cursor;
      await bucket.set(`key.${listed.length}.added`, bytes('v'));
    } while (cursor !== undefined);
    expect(listed.filter((key) => !key.endsWith('added'))).toEqual(keys);
    expect(listed).toEqual(listed.toSorted());
  });

  test('kill -9 of the server under load: errors in time, recovery, and no acknowledged increment lost', {
    timeout: 180_000,
  }, async () => {
    await using server = await Server.start(postgresServer);
    const told: string[] = [];
    await using backend = await connect(server, { tell: (text) => told.push(text), operationTimeout });
    await expectIncrementsToOutliveKills(server, backend, told, { clients: 16, before: 100 });
  });

  test('kill -9 of the server under load: what clients saw has an order that explains it', {
    timeout: 180_000,
  }, async () => {
    await using server = await Server.start(postgresServer);
    await using backend = await connect(server, { operationTimeout });
    await expectHistoriesToOutliveKills(server, backend, 8);
  });

  test('a server that does not answer is an error in time, and is used again when it does', {
    timeout: 180_000,
  }, async () => {
    await using server = await Server.start(postgresServer);
    await using backend = await connect(server, { operationTimeout });
    await expectToOutliveFreeze(server, backend);
  });

  test('a server that is away at first is used once it is there', { timeout: 120_000 }, async () => {
    await using server = await Server.start(postgresServer);
    await server.kill();
    const told: string[] = [];
    await using backend = await connect(server, { tell: (text) => told.push(text), operationTimeout });
    const bucket = await backend.open('b', {});
    const reason = await refusal(() => bucket.set('k', bytes('v')));
    expect(reason).toContain('ECONNREFUSED');
    expect(reason).toContain("key 'k' in bucket 'b'");
    await server.restart();
    await expect.poll(async () => await works(bucket.set('k', bytes('v'))), { timeout: 10_000 }).toBe(true);
    expect(told.length).toBe(2);
  });

  test('a standby takes over: what was acknowledged is there, and the host goes on by itself', {
    timeout: 180_000,
  }, async () => {
    await using primary = await Server.start(postgresServer);
    await using standby = await standbyOf(primary);
    await using backend = await connect(primary, { more: standby });
    const bucket = await backend.open('b', {});
    for (let count = 0; count < 50; count += 1) await bucket.increment('n', 1n, 's64');
    const before = await bucket.getVersioned('n');
    await standby.hasAll();
    await primary.kill();
    await standby.promote();
    await expect.poll(async () => await works(bucket.set('k', bytes('v'))), { timeout: 20_000 }).toBe(true);
    expect(await textOf(bucket, 'n')).toBe('50');
    expect(await bucket.setIfVersion('n', bytes('mine'), before.version)).toBe(true);
    expect(await bucket.setIfVersion('n', bytes('again'), before.version)).toBe(false);
  });

  test('a standby alone is read, and says that it takes no writes', { timeout: 120_000 }, async () => {
    await using primary = await Server.start(postgresServer);
    {
      await using backend = await connect(primary);
      await (await backend.open('b', {})).set('k', bytes('v'));
    }
    await using standby = await standbyOf(primary);
    await using backend = await connect(standby.server);
    const bucket = await backend.open('b', {});
    expect(await textOf(bucket, 'k')).toBe('v');
    expect(await keysOf(bucket)).toEqual(['k']);
    expect(await refusal(() => bucket.set('k', bytes('w')))).toMatch(
      /refused: cannot execute INSERT in a read-only transaction: it is a standby, .*name its primary; nothing was changed/,
    );
  });

  test('TLS is used, and a certificate that nobody vouches for is refused where it is to be checked', {
    timeout: 180_000,
  }, async () => {
    await using folder = await temporaryFolder('certificate');
    const { cert, key } = await makeCertificate(folder.path);
    await using server = await Server.start(postgresServer);
    await keepCertificate(server, cert, key);
    const context = { now: Date.now, operationTimeout, tell: () => {} };
    const url = `postgres://postgres@localhost:${server.port}/postgres`;
    const ssl = async (backend: Backend): Promise<unknown> =>
      await works((await backend.open('b', {})).set('k', bytes('v')));
    const trusting = await connectDefinition(
      postgres,
      { url, tls: { ca: await readFile(cert, 'utf8') } },
      context,
    );
    expect(await ssl(trusting)).toBe(true);
    await using sql = rawClient(server);
    const used = await sql.unsafe(
      `SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'kvasi'`,
    );
    expect(used.map((row) => row.ssl)).toEqual([true]);
    await trusting.close();
    for (const [query, works] of [
      ['?sslmode=require', true],
      [`?sslmode=verify-full&sslrootcert=${cert}`, true],
      ['?sslmode=verify-full', false],
    ] as const) {
      const backend = await connectDefinition(postgres, { url: url + query }, context);
      if (works) expect(await ssl(backend), query).toBe(true);
      else {
        const bucket = await backend.open('b', {});
        expect(await refusal(() => bucket.get('k'))).toContain('self-signed certificate');
      }
      await backend.close();
    }
  });
});

/** A bucket past what is the same for all backends. */
async function connectRaw(server: Server, now: () => number) {
  const { PostgresBucket } = await import(
    '../../host/interfaces/keyvalue/backends/postgres/postgres-bucket.ts'
  );
  const { PostgresConnection } = await import(
    '../../host/interfaces/keyvalue/backends/postgres/postgres-connection.ts'
  );
  const { PostgresTable } = await import(
    '../../host/interfaces/keyvalue/backends/postgres/postgres-table.ts'
  );
  const connection = new PostgresConnection(
    { url: urlOf(server) },
    { now, operationTimeout, tell: () => {} },
  );
  const table = new PostgresTable(connection);
  return {
    raw: { open: (name: string, settings: { ttl?: number }) => new PostgresBucket(table, name, settings) },
    close: async () => connection.close(),
  };
}

async function works(operation: unknown): Promise<boolean> {
  return await Promise.resolve(operation).then(
    () => true,
    () => false,
  );
}
