import { describe, expect, test } from 'vitest';
import { handlerOf } from '../support/component.ts';
import { component, KvasiDev, runKvasi } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';

const hoarder = component('hoarder');

/** What a request found of earlier ones. */
interface Found {
  readonly pattern: number;
  readonly static: number;
  readonly bucket: boolean;
  readonly pages: number;
  readonly handle: number;
}

async function find(kvasi: KvasiDev, path = '/'): Promise<Found> {
  return JSON.parse(await kvasi.text(path)) as Found;
}

/** Requests one after the other, then many at once: all must find the same as the very first. */
async function expectFresh(kvasi: KvasiDev, first: Found, path = '/'): Promise<void> {
  expect(first).toMatchObject({ pattern: 0, static: 0, bucket: false });
  for (let count = 0; count < 30; count += 1) expect(await find(kvasi, path)).toEqual(first);
  for (let round = 0; round < 10; round += 1) {
    const found = await Promise.all(Array.from({ length: 16 }, () => find(kvasi, path)));
    for (const each of found) expect(each).toEqual(first);
  }
}

describe.for([
  ['linked', {}],
  ['transpiled by jco', { KVASI_LOWERING: 'jco' }],
] as const)('a component that is %s', ([, env]) => {
  test('finds nothing of earlier requests', async () => {
    await using kvasi = await KvasiDev.start([hoarder], { env });
    await expectFresh(kvasi, await find(kvasi));
  });

  test('finds nothing after it was suspended in the middle', async () => {
    await using project = await Project.create({
      '.wash/config.yaml': 'dev:\n  keyvalue:\n    default: { backend: filesystem, path: files }\n',
    });
    await using kvasi = await KvasiDev.start([hoarder], { env, cwd: project.folder });
    await expectFresh(kvasi, await find(kvasi));
  });

  test('finds nothing after it trapped, or after its client went away', async () => {
    await using kvasi = await KvasiDev.start([hoarder], { env });
    const first = await find(kvasi);
    for (let count = 0; count < 5; count += 1) {
      expect((await kvasi.fetch('/?trap')).status).toBe(500);
      expect(await find(kvasi)).toEqual(first);
      const abort = new AbortController();
      const gone = kvasi.fetch('/', { signal: abort.signal }).catch(() => {});
      abort.abort();
      await gone;
      expect(await find(kvasi)).toEqual(first);
    }
  });

  test('finds nothing of what it wrote where no program writes', async () => {
    await using kvasi = await KvasiDev.start([hoarder], { env });
    await expectFresh(kvasi, await find(kvasi, '/?low'), '/?low');
  });
});

test('finds what it left where instances are reused', async () => {
  await using kvasi = await KvasiDev.start([hoarder, '--instances', 'reuse']);
  const first = await find(kvasi);
  const second = await find(kvasi);
  expect(second.static).toBe(1);
  expect(second.bucket).toBe(true);
  expect(second.pattern).toBeGreaterThanOrEqual(3);
  expect(second.pages).toBeGreaterThan(first.pages);
  expect(second.handle).toBeGreaterThan(first.handle);
});

/** Traps when it is called a second time; it does not answer, which the host does for it. */
const once = `
  global.get $calls
  if unreachable end
  i32.const 1
  global.set $calls`;
const calls = '(global $calls (mut i32) (i32.const 0))';

test.for([
  ['that can be brought back', once, calls, 'by reset'],
  [
    'that writes to a table',
    `${once} (table.set (i32.const 0) (ref.func $f))`,
    `${calls} (table 1 funcref) (func $f) (elem declare func $f)`,
    'by new instances: a core module writes to a table',
  ],
  [
    'that drops its data',
    `${once} (memory.init $bytes (i32.const 0) (i32.const 0) (i32.const 1)) (data.drop $bytes)`,
    `${calls} (data $bytes "a")`,
    'by new instances: a core module drops a segment',
  ],
] as const)('a component %s is fresh for each request', async ([, body, beside, how]) => {
  await using project = await Project.create({ 'app.wasm': await handlerOf(body, beside) });
  const { stdout } = await runKvasi(['inspect', 'app.wasm', '--json'], { cwd: project.folder });
  expect(JSON.parse(stdout)).toMatchObject({ linked: 'by kvasi', fresh: how });
  await using kvasi = await KvasiDev.start(['app.wasm'], { cwd: project.folder });
  for (let count = 0; count < 5; count += 1)
    expect(await kvasi.text('/')).toBe('the component ended without setting an answer\n');
});
