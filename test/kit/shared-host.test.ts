import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { HostPool } from '../../host/testing/host-pool.ts';
import { follow } from '../../host/testing/test-host.ts';
import { type Snapshot, startHost, type TestHost, type TestHostOptions } from '../../host/testing.ts';
import { hostTest } from '../../host/vitest.ts';
import { component } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';

const misbehave = component('misbehave');
const counter = component('kv-counter');

/** Takes hosts from a pool as one test after the other does. */
function poolOf(options: TestHostOptions) {
  let started = 0;
  const pool = new HostPool(() => {
    started += 1;
    return startHost(options);
  });
  onTestFinished(() => pool.close());
  return {
    pool,
    get started() {
      return started;
    },
    async use<T>(body: (host: TestHost) => Promise<T> | T): Promise<T> {
      const host = await pool.take();
      try {
        return await body(host);
      } finally {
        await pool.giveBack(host);
      }
    },
  };
}

const text = async (host: TestHost, path: string, init?: RequestInit): Promise<string> =>
  await (await host.fetch(path, init)).text();

async function aborted(host: TestHost): Promise<void> {
  const abort = new AbortController();
  const request = host.fetch('/visits', { signal: abort.signal });
  abort.abort();
  await request;
}

/** What the buckets hold where seven visits were counted. */
async function filled(host: TestHost): Promise<Snapshot> {
  await host.bucket('counters').set('visits', '7');
  return await host.snapshot();
}

test('one test after the other uses the same threads, and each finds a host as after the start', async () => {
  const hosts = poolOf({ component: counter });
  for (let round = 0; round < 3; round += 1) {
    await hosts.use(async (host) => {
      expect([host.operations(), host.requests(), host.output()]).toEqual([[], [], '']);
      expect(await host.identifiers()).toEqual([]);
      expect(await text(host, '/visits')).toBe('1\n');
      expect(host.operations()).toMatchObject([{ request: 1 }]);
      expect(host.requests()).toMatchObject([{ request: 1 }]);
    });
  }
  expect(hosts.started).toBe(1);
});

test('what a test keeps of its host is of no use in the next one', async () => {
  const hosts = poolOf({ component: counter });
  const earlier = await hosts.use(async (host) => ({ host, bucket: host.bucket('counters') }));
  await hosts.use(async (host) => {
    await expect(earlier.host.fetch('/visits')).rejects.toThrow('the host is closed');
    await expect(earlier.bucket.set('visits', '7')).rejects.toThrow('the host is closed');
    await expect(earlier.host.reset()).rejects.toThrow('the host is closed');
    await expect(earlier.host.listen()).rejects.toThrow('the host is closed');
    expect(() => earlier.host.faults.add({ error: 'other' })).toThrow('the host is closed');
    expect(() => earlier.host.clock.advance('1d')).toThrow('the host is closed');
    await earlier.host.close();
    expect(await text(host, '/visits')).toBe('1\n');
    expect(host.requests()).toHaveLength(1);
  });
  expect(hosts.started).toBe(1);
});

test('time, faults and the order of operations are as after the start', async () => {
  const hosts = poolOf({ component: counter });
  await hosts.use((host) => {
    host.clock.advance('10d');
    host.clock.freeze();
    host.faults.partition();
    follow(host, { requests: 2, first: [1] }, () => {});
  });
  await hosts.use(async (host) => {
    expect(Math.abs(host.clock.now().getTime() - Date.now())).toBeLessThan(5000);
    const started = performance.now();
    expect(await text(host, '/visits')).toBe('1\n');
    expect(performance.now() - started, 'no schedule holds it').toBeLessThan(400);
  });
  expect(hosts.started).toBe(1);
});

test('a clock that the options set stands where it stood', async () => {
  const clock = new Date('2026-01-01T00:00:00Z');
  const hosts = poolOf({ component: counter, clock });
  await hosts.use((host) => {
    host.clock.advance('1d');
    host.clock.unfreeze();
  });
  await hosts.use((host) => expect(host.clock.now()).toEqual(clock));
  expect(hosts.started).toBe(1);
});

test('instances that are kept and what is random begin anew', async () => {
  const hosts = poolOf({ component: misbehave, instances: 'reuse', seed: 'a' });
  const seen: string[] = [];
  for (let round = 0; round < 2; round += 1) {
    await hosts.use(async (host) => {
      expect(await text(host, '/leak')).toBe('1\n');
      expect(await text(host, '/leak')).toBe('2\n');
      seen.push(await text(host, '/random'));
    });
  }
  expect(seen[0]).toBe(seen[1]);
  expect(hosts.started).toBe(1);
});

test('a guest that trapped leaves nothing behind', async () => {
  const hosts = poolOf({ component: misbehave });
  await hosts.use(async (host) => {
    await text(host, '/trap');
    await text(host, '/trap-late').catch(() => {});
  });
  await hosts.use(async (host) => {
    expect(await text(host, '/echo', { method: 'POST', body: 'x' })).toBe('x');
    expect(host.output()).toBe('');
  });
  expect(hosts.started).toBe(1);
});

test.for([
  ['a request is under way', (host) => void host.fetch('/sleep').catch(() => {})],
  ['a body is in flight', async (host) => void (await host.fetch('/hang'))],
  ['a long body is not read', async (host) => void (await host.fetch('/huge?mib=4'))],
  ['a guest computes for ever', (host) => void host.fetch('/loop').catch(() => {})],
  ['a port is open', (host) => host.listen('127.0.0.1:0')],
  ['the test closed it', (host) => host.close()],
  ['a guest used its stack up', (host) => text(host, '/recursion')],
  ['a guest was refused memory', (host) => text(host, '/memory?mib=2000')],
] as [string, (host: TestHost) => unknown][])(
  'where %s, the next test gets threads of its own',
  async ([, leave]) => {
    const hosts = poolOf({ component: misbehave, requestTimeout: '20s' });
    await hosts.use(async (host) => {
      await leave(host);
      await sleep(20);
    });
    await hosts.use(async (host) => {
      const started = performance.now();
      expect(await text(host, '/echo', { method: 'POST', body: 'x' })).toBe('x');
      expect(performance.now() - started).toBeLessThan(2000);
      expect(host.requests()).toMatchObject([{ request: 1, path: '/echo' }]);
      expect(host.output()).toBe('');
    });
    expect(hosts.started).toBe(2);
  },
);

test.for<[string, (host: TestHost) => unknown]>([
  ['a request', (host) => host.fetch('/visits')],
  ['a request that was aborted', (host) => aborted(host)],
  ['a reset', (host) => host.reset()],
  ['a bucket that is written', (host) => host.bucket('counters').set('visits', '7')],
  ['a bucket that is cleared', (host) => host.bucket('counters').clear()],
  ['a port', (host) => host.listen('127.0.0.1:0')],
])('nothing of %s that a test did not await is in the next one', async ([, leave]) => {
  const hosts = poolOf({ component: counter });
  for (let round = 0; round < 5; round += 1) {
    await hosts.use((host) => void Promise.resolve(leave(host)).catch(() => {}));
    await hosts.use(async (host) => {
      expect(await host.identifiers()).toEqual([]);
      expect(await text(host, '/visits')).toBe('1\n');
      await sleep(5);
      expect(await text(host, '/visits')).toBe('2\n');
      expect(host.requests()).toHaveLength(2);
    });
  }
});

test('nothing of a restore that a test did not await is in the next one', async () => {
  const hosts = poolOf({ component: counter });
  for (let round = 0; round < 5; round += 1) {
    await hosts.use(async (host) => {
      const snapshot = await filled(host);
      void host.restore(snapshot).catch(() => {});
    });
    await hosts.use(async (host) => expect(await text(host, '/visits')).toBe('1\n'));
  }
});

test('a component that was built again is what the next test gets', async () => {
  await using project = await Project.create({ 'app.wasm': await readFile(counter) });
  const file = join(project.folder, 'app.wasm');
  const hosts = poolOf({ component: file });
  await hosts.use(async (host) => expect(await text(host, '/visits')).toBe('1\n'));
  await copyFile(misbehave, file);
  await hosts.use(async (host) => expect(await text(host, '/leak')).toBe('1\n'));
  expect(hosts.started).toBe(2);
});

test('data that may not be emptied is left alone', async () => {
  await using project = await Project.create();
  const rule = { backend: 'sqlite', path: join(project.folder, 'kv.db') } as const;
  const hosts = poolOf({ component: counter, keyvalue: { default: rule } });
  await hosts.use(async (host) => expect(await text(host, '/visits')).toBe('1\n'));
  await hosts.use(async (host) => expect(await text(host, '/visits')).toBe('2\n'));
  expect(hosts.started).toBe(2);
});

test('an answer that nobody read, and that has come, does not keep a test from sharing', async () => {
  const hosts = poolOf({ component: counter });
  for (let round = 0; round < 3; round += 1) {
    await hosts.use(async (host) => expect((await host.fetch('/visits')).status).toBe(200));
  }
  await hosts.use(async (host) => expect(await text(host, '/visits')).toBe('1\n'));
  expect(hosts.started).toBe(1);
});

test('a thread that was replaced is not what the next test gets', async () => {
  const hosts = poolOf({ component: misbehave, requestTimeout: '300ms' });
  await hosts.use(async (host) => expect((await host.fetch('/loop')).status).toBe(504));
  await hosts.use(async (host) => expect(await text(host, '/echo', { method: 'POST', body: 'x' })).toBe('x'));
  expect(hosts.started).toBe(2);
});

test('memory that requests took at once is there again for the next test', async () => {
  const limits = { memory: '64MiB', totalMemory: '100MiB' };
  const hosts = poolOf({ component: misbehave, limits });
  await hosts.use(async (host) => {
    const answers = await Promise.all([1, 2, 3].map(() => host.fetch('/memory?mib=20&ms=50')));
    for (const answer of answers) expect(await answer.text()).toBe('20 MiB\n');
  });
  await hosts.use(async (host) => expect(await text(host, '/memory?mib=50')).toBe('50 MiB\n'));
});

test('tests at once have a host each, and all of them end', async () => {
  const hosts = poolOf({ component: counter });
  const begun = Promise.withResolvers<void>();
  let inside = 0;
  const counts = Array.from({ length: 3 }, () =>
    hosts.use(async (host) => {
      inside += 1;
      if (inside === 3) begun.resolve();
      await begun.promise;
      return await text(host, '/visits');
    }),
  );
  expect(await Promise.all(counts)).toEqual(['1\n', '1\n', '1\n']);
  expect(hosts.started).toBe(3);
  await hosts.use(async (host) => expect(await text(host, '/visits')).toBe('1\n'));
  expect(hosts.started).toBe(3);
});

test('a hundred tests take less than a second', async () => {
  const hosts = poolOf({ component: counter });
  // Of this process: whoever else uses the machine makes it wait.
  const begun = process.cpuUsage();
  for (let count = 0; count < 100; count += 1) {
    await hosts.use(async (host) => expect(await text(host, '/visits')).toBe('1\n'));
  }
  const { user, system } = process.cpuUsage(begun);
  expect((user + system) / 1000).toBeLessThan(1000);
  expect(hosts.started).toBe(1);
});

test('after it was closed, a pool keeps no host', async () => {
  const hosts = poolOf({ component: counter });
  await hosts.use((host) => text(host, '/visits'));
  await hosts.pool.close();
  const kept = await hosts.use((host) => host);
  await expect(kept.fetch('/visits')).rejects.toThrow('the host is closed');
  expect(hosts.started).toBe(2);
});

describe('tests one after the other', () => {
  const withHost = hostTest({ component: counter });
  const hosts = new Set<TestHost>();
  withHost.for([...Array(20).keys()])('begin with empty buckets: %d', async (_, { host }) => {
    hosts.add(host);
    expect(await text(host, '/visits')).toBe('1\n');
    await expect(host).toHaveEntry('counters', 'visits', 1);
  });
  test('have each had a host of its own', () => {
    expect(hosts.size).toBe(20);
  });
});

describe('tests at once', () => {
  const withHost = hostTest({ component: counter });
  withHost.concurrent.for([...Array(10).keys()])('have a host each: %d', async (_, { host, expect }) => {
    expect(await text(host, '/visits')).toBe('1\n');
    await sleep(10);
    expect(await text(host, '/visits')).toBe('2\n');
  });
});

describe('with a host for each test', () => {
  const withHost = hostTest({ component: counter }, { scope: 'test' });
  let first: TestHost | undefined;
  withHost('the first', ({ host }) => {
    first = host;
  });
  withHost('and the second', async ({ host }) => {
    expect(await text(host, '/visits')).toBe('1\n');
    await expect(first?.fetch('/')).rejects.toThrow('the host is closed');
  });
});
