import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { component, KvasiDev, root } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';

const misbehave = component('misbehave');

describe('what goes wrong in one request', () => {
  let kvasi: KvasiDev;
  beforeAll(async () => {
    // Longer than a thread takes to start where others need the processors.
    kvasi = await KvasiDev.start([misbehave, '--request-timeout', '3s']);
  });
  afterAll(() => kvasi[Symbol.asyncDispose]());

  /** The next request is answered as if nothing had been. */
  const nextIsFine = async () => expect(await kvasi.text('/leak')).toBe('1\n');

  test.for([
    ['/trap', 500, 'unreachable'],
    ['/recursion', 500, 'call stack exhausted'],
    ['/drop-outparam', 500, 'without setting an answer'],
    ['/exit', 500, 'called exit with status 1'],
    ['/error', 500, 'misbehave was asked to fail'],
    ['/sleep', 504, 'did not answer within 3 s'],
  ] as const)('%s answers %i and says why', async ([path, status, reason]) => {
    const response = await kvasi.fetch(path);
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(reason);
    await nextIsFine();
  });

  test.for([
    ['/trap-late', 'the first part\n'],
    ['/drop-body', 'the first part\n'],
    ['/short-body', 'far less\n'],
    ['/hang', 'the first part\n'],
  ] as const)('%s: what was sent arrives, then the connection is closed', async ([path, sent]) => {
    const response = await kvasi.fetch(path);
    expect(response.status).toBe(200);
    const reader = response.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe(sent);
    await expect(reader?.read()).rejects.toThrow();
    await nextIsFine();
  });

  test.for([
    ['/memory?mib=20', 200, '20 MiB\n'],
    ['/recursion?depth=1000', 200, '1000\n'],
    ['/sleep?ms=50', 200, 'awake\n'],
    ['/status/418', 418, '418\n'],
    ['/status/599', 599, '599\n'],
    ['/status/204', 204, ''],
    ['/no/such/path', 404, 'No such path\n'],
  ] as const)('%s ends well', async ([path, status, text]) => {
    const response = await kvasi.fetch(path);
    expect(response.status).toBe(status);
    expect(await response.text()).toBe(text);
    await nextIsFine();
  });

  test('the README names the paths that there are', async () => {
    const listed = (await kvasi.text('/')).match(/^\/[\w-]*/gm) ?? [];
    const readme = await readFile(join(root, 'components/misbehave/README.md'), 'utf8');
    const named = [...readme.matchAll(/^\| `(\/[\w-]*)`/gm)].map(([, path]) => path);
    expect(listed.length).toBeGreaterThan(20);
    expect(named.toSorted()).toEqual(listed.toSorted());
  });

  test('an endless loop answers 504 and holds nobody up for long', async () => {
    // Time enough for another thread to start where others need the processors.
    await using kvasi = await KvasiDev.start([misbehave, '--request-timeout', '4s']);
    let isOver = false;
    const loop = kvasi.fetch('/loop').finally(() => {
      isOver = true;
    });
    await kvasi.until(/keeps its thread busy/);
    expect(await kvasi.text('/leak')).toBe('1\n');
    expect(isOver, 'it still loops').toBe(false);
    expect((await loop).status).toBe(504);
    expect(await kvasi.text('/leak')).toBe('1\n');
  });

  test('memory that grows until there is none is the guest’s fault alone', async () => {
    const response = await kvasi.fetch('/memory');
    expect([500, 504]).toContain(response.status);
    await nextIsFine();
  });

  test('a trap is printed on stderr with the component, the reason and the functions', async () => {
    await kvasi.fetch('/trap');
    await kvasi.until(/GET {3}\/trap {2}500/);
    await kvasi.until(/at misbehave::faults::trap @ 0x/);
    expect(kvasi.stderr).toMatch(/^misbehave trapped: .*unreachable/m);
    expect(kvasi.stderr).toMatch(/^ {4}at misbehave::faults::trap @ 0x[0-9a-f]+$/m);
    expect(kvasi.stderr).toMatch(/^\[misbehave\] misbehave panics because it was asked to$/m);
    expect(kvasi.stderr, 'a component’s fault is none of the host').not.toMatch(/\.[jt]s:\d+/);
    expect(kvasi.stdout).not.toContain('trapped');
  });

  test('many requests of every kind at once get their own answers', async () => {
    const paths = ['/leak', '/trap', '/status/418', '/drop-outparam', '/echo', '/huge?mib=1', '/drip?ms=5'];
    const statuses = [200, 500, 418, 500, 200, 200, 200];
    const clients = Array.from({ length: 64 }, (_, index) => index);
    await Promise.all(
      clients.map(async (client) => {
        const path = paths[client % paths.length] ?? '/';
        const sent = `client ${client} `.repeat(200 * client);
        const init = path === '/echo' ? { method: 'POST', body: sent } : {};
        const response = await kvasi.fetch(path, init);
        const body = Buffer.from(await response.arrayBuffer());
        expect(response.status, path).toBe(statuses[client % statuses.length]);
        if (path === '/leak') expect(body.toString()).toBe('1\n');
        if (path === '/echo') expect(body.toString()).toBe(sent);
        if (path === '/huge?mib=1') expect(body.length).toBe(1024 * 1024);
        if (path === '/drip?ms=5') expect(body.toString().split('\n')).toHaveLength(11);
      }),
    );
    await nextIsFine();
  });
});

describe('what a component prints', () => {
  test('comes with its name, line by line, on the stream that it was written to', async () => {
    await using kvasi = await KvasiDev.start([misbehave]);
    expect(await kvasi.text('/stdio')).toBe('written\n');
    await kvasi.until(/GET {3}\/stdio/);
    await kvasi.until(/^\[misbehave\] a line on stderr$/m);
    const lines = kvasi.stdout.split('\n').filter((line) => line.startsWith('[misbehave]'));
    expect(lines.slice(0, 4)).toEqual([
      '[misbehave] a line on stdout',
      '[misbehave] a line in two parts',
      '[misbehave] two lines',
      '[misbehave] at once',
    ]);
    expect(kvasi.stderr).toBe('[misbehave] a line on stderr\n');
  });

  test('a last line without an end is not joined to the first line of the next request', async () => {
    await using kvasi = await KvasiDev.start([misbehave]);
    await kvasi.text('/stdio');
    await kvasi.text('/stdio');
    await kvasi.until(/(GET {3}\/stdio[\s\S]*){2}/);
    await kvasi.until(/(^\[misbehave\] no line end$[\s\S]*){2}/m);
    expect(kvasi.stdout.match(/^\[misbehave\] a line on stdout$/gm)).toHaveLength(2);
    expect(kvasi.stdout.match(/^\[misbehave\] no line end$/gm)).toHaveLength(2);
  });
});

describe('instances', () => {
  test('are fresh for each request', async () => {
    await using kvasi = await KvasiDev.start([misbehave]);
    const counts = await Promise.all(Array.from({ length: 10 }, () => kvasi.text('/leak')));
    expect(counts).toEqual(counts.map(() => '1\n'));
  });

  test('are used again where the configuration says so, but not after a trap', async () => {
    await using project = await Project.create({ '.wash/config.yaml': 'dev:\n  instances: reuse\n' });
    await using kvasi = await KvasiDev.start([misbehave], { cwd: project.folder });
    expect(await kvasi.text('/leak')).toBe('1\n');
    expect(await kvasi.text('/leak')).toBe('2\n');
    expect((await kvasi.fetch('/trap')).status).toBe(500);
    expect(await kvasi.text('/leak')).toBe('1\n');
  });
});
