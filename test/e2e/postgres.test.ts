import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHost } from '../../host/testing.ts';
import { component } from '../support/kvasi-process.ts';
import { rawClient, urlOf } from '../support/postgres-client.ts';
import { isInstalled, postgresServer, Server } from '../support/server.ts';

const guests = {
  '0.1.1-draft': component('postgres/postgres-probe', 'postgres-probe'),
  '0.2.0': component('postgres/postgres-probe-async', 'postgres-probe-async'),
} as const;
const versions = ['0.1.1-draft', '0.2.0'] as const;

type Parameters = Readonly<Record<string, string>>;

/** A component on a database, and how to ask it. */
async function served(version: keyof typeof guests, postgresUrl?: string) {
  const host = await startHost({
    component: guests[version],
    ...(postgresUrl === undefined ? {} : { postgresUrl }),
  });
  const ask = async (
    operation: string,
    sql: string,
    more: Parameters | readonly string[][] = {},
  ): Promise<string> => {
    const parameters = new URLSearchParams([
      ['sql', sql],
      ...(Array.isArray(more) ? more : Object.entries(more)),
    ]);
    return await (await host.fetch(`/${operation}?${parameters}`)).text();
  };
  return { host, ask, [Symbol.asyncDispose]: () => host[Symbol.asyncDispose]() };
}

describe.runIf(await isInstalled(postgresServer))('wasmcloud:postgres', () => {
  let server: Server;
  beforeAll(async () => {
    server = await Server.start(postgresServer);
    await using sql = rawClient(server);
    await sql.unsafe(`CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL)`);
  });
  afterAll(async () => await server[Symbol.asyncDispose]());

  test('0.1.1-draft: rows have the names of their columns, and values of every kind go through a guest', async () => {
    await using probe = await served('0.1.1-draft', urlOf(server));
    expect(
      await probe.ask('query', 'SELECT $1::int8 AS a, $2 || 1 AS b, NULL AS c', [
        ['int', '7'],
        ['param', 'ä'],
      ]),
    ).toBe('a=PgValue::Int8(7) b=PgValue::Text("ä1") c=PgValue::Null');
    expect(await probe.ask('query', 'SELECT 1 WHERE false')).toBe('');
    for (const value of [
      `'2024-02-29 12:00:00.5'::timestamp`,
      `ARRAY[1.5, -2]::float8[]`,
      `'((0,0),(1,1))'::box`,
      `'08:00:2b:01:02:03'::macaddr`,
      `'word:2A other'::tsvector`,
      `B'10110'`,
      `'[2024-01-01,2025-01-01)'::daterange`,
    ]) {
      const type = value.includes('::') ? value.replace(/^.*::/s, '') : 'varbit';
      const same = `SELECT $1::${type} = ${value} AS same`;
      expect(await probe.ask('query', same, { copy: `SELECT ${value}` }), value).toBe(
        'same=PgValue::Bool(true)',
      );
    }
  });

  test('0.2.0: columns come first, rows as they are read, and the end at the end', async () => {
    await using probe = await served('0.2.0', urlOf(server));
    expect(
      await probe.ask('query', 'SELECT g AS n, $1::text AS t FROM generate_series(1, 3) g', { param: 'x' }),
    ).toBe(['n,t', ...[1, 2, 3].map((n) => `[PgValue::Int4(${n}), PgValue::Text("x")]`)].join('\n'));
    expect(await probe.ask('query', 'SELECT 1 AS one WHERE false')).toBe('one');
    expect(await probe.ask('count', 'SELECT g FROM generate_series(1, 50000) g')).toBe('50000');
    // What went wrong in the middle is told at the end.
    const late = await probe.ask('query', 'SELECT 1 / (1000 - g) AS q FROM generate_series(1, 2000) g', {
      most: '5000',
    });
    expect(late.split('\n')).toHaveLength(961 + 1);
    expect(late).toMatch(/QueryFailed\(DbError\s?\{ ?code: "22012"/);
  });

  test('0.2.0: of a large result only what is read is held', { timeout: 120_000 }, async () => {
    await using probe = await served('0.2.0', urlOf(server));
    const before = process.memoryUsage().rss;
    const sql = `SELECT repeat('x', 100000) FROM generate_series(1, 1000) g`;
    expect(await probe.ask('count', sql, { most: '10' })).toBe('10');
    expect(await probe.ask('count', sql)).toBe('1000');
    expect((process.memoryUsage().rss - before) / 1024 / 1024).toBeLessThan(90);
  });

  test.each(versions)(
    '%s: a duplicate key has its SQLSTATE, a batch happens whole or not at all',
    async (version) => {
      await using probe = await served(version, urlOf(server));
      await probe.ask('batch', 'DELETE FROM users');
      expect(await probe.ask('exec', 'INSERT INTO users VALUES (1, $1)', { param: 'Ann' })).toBe('1');
      expect(
        await probe.ask('exec', 'UPDATE users SET name = $1 WHERE id < $2', [
          ['param', 'Eve'],
          ['int', '9'],
        ]),
      ).toBe('1');
      expect(await probe.ask('exec', 'INSERT INTO users VALUES (1, $1)', { param: 'Bob' })).toMatch(
        /23505.*duplicate key/s,
      );
      expect(
        await probe.ask('batch', `INSERT INTO users VALUES (2, 'b'); INSERT INTO users VALUES (1, 'c')`),
      ).toMatch(/23505/);
      expect(await probe.ask('query', 'SELECT count(*)::int AS n FROM users')).toContain('PgValue::Int4(1)');
    },
  );

  test.each(versions)('%s: what is wrong is called that', async (version) => {
    await using probe = await served(version, urlOf(server));
    const isDraft = version === '0.1.1-draft';
    expect(await probe.ask('query', 'SELEKT')).toMatch(
      isDraft ? /InvalidQuery\("query failed: 42601: syntax error/ : /QueryFailed\(DbError.*"42601"/s,
    );
    expect(await probe.ask('query', 'SELECT 1; SELECT 2')).toMatch(/42601/);
    expect(await probe.ask('query', 'SELECT $1::int + $2::int', { int: '1' })).toMatch(
      /InvalidParams\(".*parameter/,
    );
    expect(await probe.ask('exec', 'SELECT $1::int', [])).toMatch(/InvalidParams/);
    expect(await probe.ask('query', 'SELECT 1\0')).toMatch(/InvalidQuery\(".*NUL/);
    expect(await probe.ask('query', 'SELECT $1::text', { param: 'a\0b' })).toMatch(
      /InvalidParams\("parameter \$1 \(text\): it has a NUL/,
    );
    expect(await probe.ask('exec-token', 'made up')).toMatch(
      isDraft ? /UnknownPreparedQuery/ : /UnknownPreparedStatement/,
    );
    expect(await probe.ask('query', `SELECT '1 day'::interval AS i`)).toMatch(
      /(Unexpected|ValueConversionFailed)\(".*column .*"i.*" is of a type/,
    );
    for (const copy of ['COPY users FROM STDIN', 'COPY users TO STDOUT']) {
      expect(await probe.ask('batch', copy)).toMatch(
        /InvalidQuery\(".*COPY from or to the client is not possible/,
      );
      expect(await probe.ask('query', copy)).toMatch(
        /InvalidQuery\(".*COPY from or to the client is not possible/,
      );
    }
    expect(await probe.ask('query', 'SELECT 1 AS still')).toContain('still');
  });

  test.each(versions)(
    '%s: what a statement leaves in a session is gone for the next one',
    async (version) => {
      await using probe = await served(version, `${urlOf(server)}?pool_size=1`);
      await probe.ask('batch', 'DELETE FROM users');
      await probe.ask('query', 'BEGIN');
      await probe.ask('exec', `INSERT INTO users VALUES (7, 'x')`);
      await probe.ask('batch', `SET search_path = nowhere; CREATE TEMP TABLE t (a int)`);
      await probe.ask('query', `SELECT set_config('datestyle', 'German', false)`);
      expect(await probe.ask('query', 'SELECT count(*)::int AS n FROM users')).toContain('PgValue::Int4(1)');
      expect(await probe.ask('query', `SELECT to_regclass('t') IS NULL AS gone`)).toContain(
        'PgValue::Bool(true)',
      );
      expect(await probe.ask('query', `SELECT '2024-01-02'::date AS d`)).toContain('Ymd');
    },
  );

  test('a result that is too large is refused, and the host lives', { timeout: 120_000 }, async () => {
    await using probe = await served('0.1.1-draft', urlOf(server));
    expect(await probe.ask('count', 'SELECT g FROM generate_series(1, 200000) g')).toMatch(
      /Unexpected\("the query has more rows: at most 100000 rows/,
    );
    expect(await probe.ask('count', `SELECT repeat('x', 300000000)`)).toMatch(
      /Unexpected\("a row of the query has more than|Unexpected\("the query has more rows/,
    );
    expect(await probe.ask('count', 'SELECT 1')).toBe('1');
  });

  test('operations are recorded with the statement, and without its parameters', async () => {
    await using probe = await served('0.1.1-draft', urlOf(server));
    await probe.ask('query', 'SELECT\n  $1::text AS secret', { param: 'hunter2' });
    await probe.ask('batch', 'SELECT 1');
    const operations = probe.host.operations();
    expect(operations).toMatchObject([
      { op: 'query', database: 'postgres', statement: 'SELECT $1::text AS secret', count: 1 },
      { op: 'query-batch', database: 'postgres', statement: 'SELECT 1' },
    ]);
    expect(JSON.stringify(operations)).not.toContain('hunter2');
  });

  test('when a guest is given up, so is what the server does for it', { timeout: 60_000 }, async () => {
    const host = await startHost({
      component: guests['0.1.1-draft'],
      postgresUrl: urlOf(server),
      requestTimeout: 500,
    });
    await using _ = host;
    await using sql = rawClient(server);
    expect((await host.fetch(`/query?sql=${encodeURIComponent('SELECT pg_sleep(100)')}`)).status).toBe(504);
    const sleeping = `SELECT count(*)::int FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'`;
    await expect.poll(async () => (await sql.unsafe(sleeping))[0]?.count).toBe(0);
  });

  test.each(versions)(
    '%s: no more connections than the URL says, and who waits too long is told',
    async (version) => {
      await using probe = await served(version, `${urlOf(server)}?pool_size=2`);
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => probe.ask('query', 'SELECT pg_sleep(0.01)::text AS s')),
      );
      expect(new Set(answers).size).toBe(1);
      await using sql = rawClient(server);
      const [row] = await sql.unsafe(
        `SELECT count(*)::int FROM pg_stat_activity WHERE application_name = 'kvasi'`,
      );
      expect(row?.count).toBeLessThanOrEqual(2 * 6);
    },
  );

  test.each(versions)(
    '%s: a server that is away is an error in time, and used when it is back',
    { timeout: 120_000 },
    async (version) => {
      await using own = await Server.start(postgresServer);
      await using probe = await served(version, urlOf(own));
      expect(await probe.ask('query', 'SELECT 1 AS a')).toContain('Int4(1)');
      await own.kill();
      expect(await probe.ask('query', 'SELECT 1 AS a')).toMatch(
        /(Unexpected|ConnectionFailed)\("postgres at 127\.0\.0\.1:\d+ (is away|lost the connection)/,
      );
      await own.restart();
      await expect
        .poll(async () => await probe.ask('query', 'SELECT 1 AS a'), { timeout: 30_000 })
        .toContain('Int4(1)');
    },
  );

  test.each(versions)(
    '%s: without a database the component is told which setting is missing',
    async (version) => {
      await using probe = await served(version);
      expect(await probe.ask('query', 'SELECT 1')).toMatch(
        /(Unexpected|Other)\("no database is configured: set dev\.postgres_url/,
      );
    },
  );
});
