import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Server } from '../../host/testing/servers/server.ts';
import { hostUrl } from '../support/host-url.ts';
import { component } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';
import { rounds } from '../support/rounds.ts';
import { freePort, isInstalled, natsServer, redisServer } from '../support/server.ts';

const api = JSON.stringify(hostUrl('testing').href);
const embedding = JSON.stringify(hostUrl('index').href);
const counter = JSON.stringify(component('kv-counter'));
const misbehave = JSON.stringify(component('misbehave'));
/** How many hosts are started one after the other, and as many are forgotten. */
const hosts = rounds.hostsOfProgram;
/** A program that ends by itself takes a second or two; one that does not is killed, in milliseconds. */
const patience = 50_000;
/** What watches a program empties its folder at once, in milliseconds. */
const cleaning = 10_000;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What is left in the folder for temporary files. */
  readonly left: readonly string[];
}

/** Runs a program of a user's. */
async function run(source: string, args: readonly string[] = [], most = patience): Promise<Ended> {
  await using project = await Project.create();
  return await runIn(project, source, args, most);
}

async function runIn(
  project: Project,
  source: string,
  args: readonly string[] = [],
  most = patience,
): Promise<Ended> {
  const program = await project.write('program.mjs', source);
  await project.write('temporary/present', '');
  const child = spawn(process.execPath, [...args, program], {
    cwd: project.folder,
    env: {
      ...process.env,
      TMPDIR: temporaryIn(project),
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(project.folder, 'cache'),
      NO_COLOR: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data) => {
    stdout += String(data);
  });
  child.stderr.on('data', (data) => {
    stderr += String(data);
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), most);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  return { code, stdout, stderr, left: await leftIn(project) };
}

function temporaryIn(project: Project): string {
  return join(project.folder, 'temporary');
}

/** What is in the folder for temporary files, once what watches the program has had its moment to empty it. */
async function leftIn(project: Project): Promise<readonly string[]> {
  const end = performance.now() + cleaning;
  for (;;) {
    const left = (await readdir(temporaryIn(project))).filter((name) => name !== 'present');
    if (left.length === 0 || performance.now() > end) return left;
    await sleep(20);
  }
}

/** What a program comes to that ends in good order. */
const fine = (stdout: string) => ({ code: 0, stdout, stderr: '', left: [] });

describe.concurrent('a program that forgets close() ends by itself, and nothing is left', () => {
  test.for([
    ['in_memory', undefined],
    ['filesystem', undefined],
    ['sqlite', undefined],
    ['redis', redisServer],
    ['nats', natsServer],
  ] as const)('on %s', async ([name, server], { skip }) => {
    if (server !== undefined && !(await isInstalled(server))) skip(`${server.command} is not installed`);
    const source = `
      import { backends, startHost } from ${api};
      for (const backend of await backends('${name}')) {
        const keyvalue = { default: { ...(await backend.entry()) } };
        const host = await startHost({ component: ${counter}, keyvalue });
        await (await host.fetch('/visits')).text();
        console.log(await host.bucket('counters').getText('visits'));
      }`;
    expect(await run(source)).toEqual(fine('1\n'));
  });

  test('once a request under way is given up, which docs/testing.md says', async () => {
    const source = `
      import { startHost } from ${api};
      const host = await startHost({ component: ${misbehave}, requestTimeout: '1500ms' });
      const began = Date.now();
      process.on('exit', () => console.log(Date.now() - began >= 1400 ? 'held' : 'not held'));
      host.fetch('/loop').then(({ status }) => console.log(status));`;
    expect(await run(source)).toEqual(fine('504\nheld\n'));
  });

  test.each(['sqlite', 'filesystem'])('on %s of its own', async (name) => {
    const source = `
      import { startHost } from ${api};
      const host = await startHost({ component: ${counter}, keyvalue: { default: '${name}' } });
      console.log(await (await host.fetch('/visits')).text());`;
    expect(await run(source)).toEqual(fine('1\n\n'));
  });

  test.for([
    ['redis', redisServer],
    ['nats', natsServer],
  ] as const)('on %s that others use too', async ([name, kind], { skip }) => {
    if (!(await isInstalled(kind))) skip(`${kind.command} is not installed`);
    await using server = await Server.start(kind);
    const url = `${name}://127.0.0.1:${server.port}`;
    const source = `
      import { startHost } from ${api};
      const start = (prefix) =>
        startHost({ component: ${counter}, keyvalue: { default: { backend: '${name}', url: '${url}', ...prefix } } });
      const host = await start({});
      await (await host.fetch('/visits')).text();
      const real = await start({ prefix: '' });
      console.log(JSON.stringify(String(await real.snapshot())).length > 20 ? 'there' : 'not there');`;
    expect(await run(source)).toEqual(fine('there\n'));
    const after = source.replace('await (await', '//');
    expect(await run(after)).toEqual(fine('not there\n'));
  });

  test.each(['redis', 'nats'])('while %s is away', async (name) => {
    const url = `${name}://127.0.0.1:${await freePort()}`;
    const source = `
      import { startHost } from ${api};
      const keyvalue = { default: { backend: '${name}', url: '${url}', prefix: 'p:' } };
      const host = await startHost({ component: ${counter}, keyvalue });
      console.log((await host.fetch('/visits')).status);
      await host.bucket('counters').get('visits').catch((error) => console.log(error.name));`;
    expect(await run(source)).toEqual(fine('500\nStoreError\n'));
  });

  test('with answers that nobody has read', async () => {
    const source = `
      import { startHost } from ${api};
      const host = await startHost({ component: ${misbehave} });
      const answer = await host.fetch('/echo', { method: 'POST', body: new Uint8Array(3_000_000) });
      const { readable, writable } = new TransformStream();
      const sent = writable.getWriter().write(new Uint8Array(10));
      const open = await host.fetch('/echo', { method: 'POST', body: readable });
      console.log(answer.status, open.status);`;
    expect(await run(source)).toEqual(fine('200 200\n'));
  });

  test('when a test of node:test fails before it', async () => {
    const source = `
      import assert from 'node:assert/strict';
      import { test } from 'node:test';
      import { startHost } from ${api};
      test('fails', async () => {
        const host = await startHost({ component: ${counter}, keyvalue: { default: 'sqlite' } });
        assert.equal((await host.fetch('/visits')).status, 404);
        await host.close();
      });`;
    const ended = await run(source, ['--test']);
    expect(ended).toMatchObject({ code: 1, left: [] });
    expect(ended.stdout).toContain('fail 1');
  });

  test('after so many of them', { timeout: 600_000 }, async () => {
    const source = `
      import { startHost } from ${api};
      for (let count = 0; count < ${hosts}; count += 1) {
        const host = await startHost({ component: ${counter}, keyvalue: { default: 'sqlite' } });
        if (count % 2 === 0) await (await host.fetch('/visits')).text();
      }
      console.log('all');`;
    expect(await run(source, [], 500_000)).toEqual(fine('all\n'));
  });
});

test.concurrent('what a process has is removed when it is killed, and when it exits', async () => {
  await using project = await Project.create();
  const source = `
    import { readdirSync } from 'node:fs';
    import { tmpdir } from 'node:os';
    import { startHost } from ${api};
    const host = await startHost({ component: ${counter}, keyvalue: { default: 'sqlite' } });
    await (await host.fetch('/visits')).text();
    console.log(readdirSync(tmpdir()).filter((name) => name !== 'present').length);`;
  const killed = await runIn(project, `${source}\nprocess.kill(process.pid, 'SIGKILL');`);
  expect(killed).toEqual({ ...fine('1\n'), code: null });
  expect(await runIn(project, `${source}\nprocess.exit(0);`)).toEqual(fine('1\n'));
});

test.concurrent('a store that nobody has used may be away', async () => {
  const url = `redis://127.0.0.1:${await freePort()}`;
  const source = `
    import { startHost } from ${api};
    const keyvalue = { sessions: { backend: 'redis', url: '${url}' } };
    const host = await startHost({ component: ${counter}, keyvalue });
    console.log(await (await host.fetch('/visits')).text());
    await host.reset();
    console.log(String(await host.snapshot()));
    await host.close();`;
  expect(await run(source)).toEqual(fine('1\n\n\n'));
});

test.concurrent('so many hosts that are closed leave no handle, thread, file or folder', {
  timeout: 600_000,
}, async () => {
  const source = `
    import { readdirSync } from 'node:fs';
    import { startHost } from ${api};
    const once = async () => {
      await using host = await startHost({ component: ${counter}, keyvalue: { default: 'sqlite' } });
      await (await host.fetch('/visits')).text();
      await host.bucket('counters').get('visits');
    };
    const count = (folder) => (process.platform === 'linux' ? readdirSync(folder).length : 0);
    const left = () => ({
      threads: count('/proc/self/task'),
      files: count('/proc/self/fd'),
      folders: count(process.env.TMPDIR),
      handles: process.getActiveResourcesInfo().length,
      listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
    });
    await once();
    const before = left();
    for (let round = 0; round < ${hosts}; round += 1) await once();
    const after = left();
    for (const [name, most] of Object.entries(before)) if (after[name] > most + 2) console.log(name, most, after[name]);`;
  expect(await run(source, [], 500_000)).toEqual(fine(''));
});

describe.concurrent('a host of createHost', () => {
  test('that is forgotten does not keep the process', async () => {
    const source = `
      import { createHost } from ${embedding};
      const host = await createHost({ component: ${counter}, keyvalue: { default: 'sqlite' } });
      host.on('request', ({ status }) => console.log(status));
      console.log(await (await host.fetch('/visits')).text());`;
    expect(await run(source)).toEqual(fine('200\n1\n\n'));
  });

  test('keeps it while something is awaited, and while a port is open', async () => {
    const source = `
      import { createHost } from ${embedding};
      const host = await createHost({ component: ${misbehave} });
      console.log((await host.fetch('/sleep?ms=1500')).status);
      await host.replace(${counter});
      await host.listen('127.0.0.1:0');
      setTimeout(() => {
        console.log('still there');
        host.close();
      }, 1000).unref();`;
    expect(await run(source)).toEqual(fine('200\nstill there\n'));
  });

  test('leaves no rejection unhandled, whatever is closed in the middle', async () => {
    const source = `
      import { createHost } from ${embedding};
      for (let round = 0; round < 3; round += 1) {
        const host = await createHost({ component: ${misbehave} });
        const calls = [host.fetch('/sleep?ms=9000'), host.replace(${counter}), host.replace(), host.listen('127.0.0.1:0')];
        const outcomes = Promise.allSettled(calls);
        await new Promise((resolve) => setTimeout(resolve, round * 100));
        await host.close();
        for (const { reason } of await outcomes) if (!reason?.message.startsWith('the host is closed')) console.log(reason);
      }
      console.log('closed');`;
    expect((await run(source)).stderr).toBe('');
  });
});

describe.concurrent('what is awaited keeps the process', () => {
  test('a request, what is read of its answer, and what is done with a bucket', async () => {
    const source = `
      import { startHost } from ${api};
      const host = await startHost({ component: ${misbehave}, keyvalue: { default: 'filesystem' } });
      console.log((await host.fetch('/sleep?ms=1500')).status);
      const { readable, writable } = new TransformStream();
      const writer = writable.getWriter();
      const first = writer.write(new Uint8Array(100_000));
      const answer = await host.fetch('/echo', { method: 'POST', body: readable });
      let length = 0;
      const read = (async () => {
        for await (const part of answer.body) length += part.length;
      })();
      await first;
      for (let part = 1; part < 20; part += 1) await writer.write(new Uint8Array(100_000));
      await writer.close();
      await read;
      console.log(length);
      await host.bucket('b').set('k', 'v');
      console.log(String(await host.snapshot()));
      await host.reset();
      await host.close();
      console.log('closed');`;
    expect(await run(source)).toEqual(fine('200\n2000000\nbucket "b"\n  {"key":"k","value":"v"}\nclosed\n'));
  });

  test('a request that is under way, although its host was forgotten', async () => {
    const source = `
      import { startHost } from ${api};
      const host = await startHost({ component: ${misbehave} });
      host.fetch('/sleep?ms=1500').then((answer) => console.log(answer.status));`;
    expect(await run(source)).toEqual(fine('200\n'));
  });

  test('an open port, until it is closed', async () => {
    const source = `
      import { startHost } from ${api};
      const host = await startHost({ component: ${counter} });
      await host.listen();
      setTimeout(() => {
        console.log('still there');
        host.close();
      }, 1500).unref();`;
    expect(await run(source)).toEqual(fine('still there\n'));
  });
});
