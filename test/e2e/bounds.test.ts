import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mostHeldBytes } from '../../host/runtime/worker/holdings.ts';
import { component, KvasiDev } from '../support/kvasi-process.ts';
import { hasProcessStats, peakMemory } from '../support/process-stats.ts';
import { Project } from '../support/project.ts';

const misbehave = component('misbehave');
const mib = 1024 * 1024;
/** What a worker has for itself: a young generation of 48 MiB, the rest of its heap, the compiled component, a list of a call. */
const threadBytes = 64 * mib;
/** 100,000 handles, and what V8 lets lie before it collects. */
const slack = 128 * mib;

describe.each([
  ['linked by kvasi', {}],
  ['transpiled by jco', { KVASI_LOWERING: 'jco' }],
])('what one request may have of the host, %s', (_, env) => {
  let project: Project;
  let kvasi: KvasiDev;
  /** What the host needs to serve a request that asks for nothing, in bytes. */
  let base = 0;
  beforeAll(async () => {
    project = await Project.create();
    const options = { env: { ...env, KVASI_CACHE_DIR: project.folder } };
    kvasi = await KvasiDev.start([misbehave], options);
    await kvasi.text('/leak');
    if (hasProcessStats) base = await peakMemory(kvasi.pid);
  });
  afterAll(async () => {
    await kvasi[Symbol.asyncDispose]();
    await project[Symbol.asyncDispose]();
  });

  test.for([
    ['a fields of more than 128 KiB', '/fields?count=3000&kib=1024', 'at most 131072 are allowed'],
    ['a fields of many empty values', '/fields?count=10000&kib=0', 'at most 131072 are allowed'],
    [
      'fields of more than 256 MiB together',
      '/fields?count=1&kib=120&times=3000',
      'at most 268435456 are allowed',
    ],
    ['a million handles', '/handles', 'holds 100000 handles'],
    ['bodies of 2 GB that are never sent', '/bodies', 'at most 268435456 are allowed'],
    ['a list of a million pollables', '/poll', 'at most 100000 are allowed'],
  ] as const)('%s trap, and say why', async ([, path, reason]) => {
    const response = await kvasi.fetch(path);
    expect([response.status, await response.text()]).toEqual([500, expect.stringContaining(reason)]);
    expect(await kvasi.text('/leak')).toBe('1\n');
  });

  test.for([
    ['/fields?count=1000&kib=0', '1 of 1000\n'],
    ['/fields?count=1&kib=127&times=1000', '1000 of 1\n'],
    ['/handles?count=99990', '99990\n'],
    ['/bodies?count=120', '120\n'],
    ['/poll?count=99999', '[99999]\n'],
  ] as const)('%s is within the bounds', async ([path, text]) => {
    expect(await kvasi.text(path)).toBe(text);
    // What a request held is given back with it.
    expect(await kvasi.text(path)).toBe(text);
  });

  test('a body of 2 MiB may be written before the response is set', async () => {
    expect((await kvasi.text('/early-body?kib=2048')).length).toBe(2 * mib);
    expect((await kvasi.text('/early-body?kib=65')).length).toBe(65 * 1024);
  });

  test.for([
    ['?', 200, 'all of it\n'],
    ['?when=during', 200, 'all that there is\n'],
    ['?when=before', 500, 'the component ended without setting an answer'],
  ] as const)('exit(ok) is a good end: /exit-well%s', async ([query, status, text]) => {
    const response = await kvasi.fetch(`/exit-well${query}`);
    expect([response.status, await response.text()]).toEqual([status, expect.stringContaining(text)]);
    await kvasi.until(new RegExp(`GET {3}/exit-well\\${query}.*${status}`));
    expect(kvasi.stderr).not.toContain('called exit');
    expect(await kvasi.text('/leak')).toBe('1\n');
  });

  test.for([
    'abc',
    '-1',
    '+5',
    '5.0',
    '0x5',
    ' 5',
    '5 ',
    '',
    '18446744073709551616',
    '5,content-length:6',
    '5,Content-LENGTH:7',
  ])('a content-length "%s" is refused', async (length) => {
    const response = await kvasi.fetch(`/respond?h=content-length:${encodeURIComponent(length)}`);
    expect([response.status, await response.text()]).toEqual([500, 'headers: HeaderError::InvalidSyntax\n']);
  });

  test('content-lengths that agree are one, and one that does not belong is left out', async () => {
    const two = await kvasi.fetch('/respond?h=content-length:5,content-length:005');
    expect([two.headers.get('content-length'), await two.text()]).toEqual(['5', 'body\n']);
    const none = await kvasi.fetch('/respond?status=204&h=content-length:5');
    expect([none.status, none.headers.get('content-length')]).toEqual([204, null]);
    await kvasi.text('/respond?t=content-length:9,x-sum:1');
    expect((await kvasi.fetch('/respond?status=103')).status).toBe(500);
    expect((await kvasi.fetch('/respond?status=99')).status).toBe(500);
    expect((await kvasi.fetch('/respond?status=999')).status).toBe(999);
  });

  // Elsewhere nothing tells how much memory a process has had.
  if (!hasProcessStats) return;

  test('the host has needed no more for all that than these bounds, and threads', async () => {
    const peak = await peakMemory(kvasi.pid);
    // One request at a time holds what it may. Where one keeps its thread busy six more serve, and the busy one is still there.
    const busy = kvasi.stderr.match(/keeps its thread busy/g)?.length ?? 0;
    const threads = busy === 0 ? 0 : 6 + busy;
    const [most, before] = [peak, base].map((bytes) => Math.round(bytes / mib));
    console.log(`peak memory: ${most} MiB, ${before} MiB before; ${busy} threads were kept busy`);
    expect(peak).toBeLessThan(base + mostHeldBytes + threads * threadBytes + slack);
  });
});
