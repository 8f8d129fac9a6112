import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { component, KvasiDev } from '../support/kvasi-process.ts';
import { type ProbedBackend, probedBackends } from './probed-backends.ts';

type Fields = Record<string, unknown>;

const inByteOrder = (keys: readonly string[]): string[] =>
  keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const largest = { draft: 2n ** 64n - 1n, draft2: 2n ** 63n - 1n };
const smallest = { draft: 0n, draft2: -(2n ** 63n) };

const cases = [...probedBackends].flatMap(([name, backend]) =>
  (['draft', 'draft2'] as const).map((dialect) => ({ name, dialect, ...backend })),
);

describe.for(cases)(
  '$name through kv-probe, built against 0.2.0-$dialect',
  ({ dialect, promises, start }) => {
    let backend: ProbedBackend;
    let kvasi: KvasiDev;
    let buckets = 0;

    beforeAll(async () => {
      backend = await start();
      const probe = component('kv-probe', `kv-probe-${dialect}`);
      kvasi = await KvasiDev.start([probe, '--backend', backend.flag]);
    });
    afterAll(async () => {
      await kvasi[Symbol.asyncDispose]();
      await backend[Symbol.asyncDispose]();
    });

    async function call(operation: string, fields: Fields): Promise<unknown> {
      const response = await kvasi.fetch(`/${operation}`, { method: 'POST', body: JSON.stringify(fields) });
      expect(response.status).toBe(200);
      return await response.json();
    }

    /** The operations on a bucket that no other test uses. */
    function freshBucket() {
      buckets += 1;
      const bucket = `bucket ${buckets}`;
      const on = (operation: string, fields: Fields = {}) => call(operation, { bucket, ...fields });
      return Object.assign(on, { bucket });
    }

    test('a value is set, read, overwritten, found and deleted', async () => {
      const on = freshBucket();
      expect(await on('open')).toEqual({ ok: null });
      expect(await on('get', { key: 'k' })).toEqual({ ok: null });
      expect(await on('set', { key: 'k', value: base64('one') })).toEqual({ ok: null });
      expect(await on('set', { key: 'k', value: base64('two') })).toEqual({ ok: null });
      expect(await on('get', { key: 'k' })).toEqual({ ok: base64('two') });
      expect(await on('exists', { key: 'k' })).toEqual({ ok: true });
      expect(await on('delete', { key: 'k' })).toEqual({ ok: null });
      expect(await on('exists', { key: 'k' })).toEqual({ ok: false });
      expect(await on('delete', { key: 'k' })).toEqual({ ok: null });
    });

    test('every byte and the empty value come back', async () => {
      const on = freshBucket();
      const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('base64');
      await on('set', { key: 'all', value: all });
      await on('set', { key: 'none', value: '' });
      expect(await on('get', { key: 'all' })).toEqual({ ok: all });
      expect(await on('get', { key: 'none' })).toEqual({ ok: '' });
    });

    test('any text is a key', async () => {
      const on = freshBucket();
      const keys = ['', ' ', '/', '../x', 'a:b', '*', '🦀', 'nul\0inside', '\u{10ffff}', '\uffff'];
      for (const key of keys) await on('set', { key, value: base64(key) });
      for (const key of keys) expect(await on('get', { key })).toEqual({ ok: base64(key) });
      const { ok } = (await on('list-keys')) as { ok: { keys: string[]; cursor: unknown } };
      expect(ok.cursor).toBe(null);
      expect(promises.listing === 'ordered' ? ok.keys : inByteOrder(ok.keys)).toEqual(inByteOrder(keys));
    });

    test('2,500 keys are listed page by page, each once', async () => {
      const on = freshBucket();
      const keys = Array.from({ length: 2500 }, (_, index) => `key ${String(index).padStart(4, '0')}`);
      await on('set-many', { entries: keys.map((key) => [key, base64(key)]) });
      const pages: string[][] = [];
      let cursor: unknown = null;
      do {
        const answer = await on('list-keys', cursor === null ? {} : { cursor });
        const page = (answer as { ok: { keys: string[]; cursor: unknown } }).ok;
        pages.push(page.keys);
        cursor = page.cursor;
      } while (cursor !== null);
      if (promises.listing === 'ordered') expect(pages.map((page) => page.length)).toEqual([1000, 1000, 500]);
      for (const page of pages) expect(new Set(page).size).toBe(page.length);
      expect(inByteOrder([...new Set(pages.flat())])).toEqual(keys);
    });

    test('a cursor that nobody gave out is an error', async () => {
      const on = freshBucket();
      expect(await on('list-keys', { cursor: '4711' })).toMatchObject({
        error: { case: 'other', message: expect.stringContaining('cursor') },
      });
    });

    test('counters count, and stay as they are where they can not', async () => {
      const on = freshBucket();
      expect(await on('increment', { key: 'n', delta: '5' })).toEqual({ ok: '5' });
      expect(await on('increment', { key: 'n', delta: '2' })).toEqual({ ok: '7' });
      expect(await on('get', { key: 'n' })).toEqual({ ok: base64('7') });
      await on('set', { key: 'text', value: base64('text') });
      expect(await on('increment', { key: 'text', delta: '1' })).toMatchObject({ error: { case: 'other' } });
      expect(await on('get', { key: 'text' })).toEqual({ ok: base64('text') });
    });

    test('a counter does not go past the end of its type', async () => {
      const on = freshBucket();
      const end = String(largest[dialect]);
      await on('set', { key: 'n', value: base64(end) });
      expect(await on('increment', { key: 'n', delta: '1' })).toMatchObject({ error: { case: 'other' } });
      expect(await on('get', { key: 'n' })).toEqual({ ok: base64(end) });
      expect(await on('increment', { key: 'm', delta: end })).toEqual({ ok: end });
    });

    test('a counter goes down where its type is signed, and no further than its end', async () => {
      const on = freshBucket();
      const end = String(smallest[dialect]);
      expect(await on('increment', { key: 'n', delta: '0' })).toEqual({ ok: '0' });
      if (dialect === 'draft') {
        const body = JSON.stringify({ bucket: on.bucket, key: 'n', delta: '-1' });
        expect((await kvasi.fetch('/increment', { method: 'POST', body })).status, 'no u64').toBe(400);
        return;
      }
      expect(await on('increment', { key: 'down', delta: '-5' })).toEqual({ ok: '-5' });
      expect(await on('increment', { key: 'down', delta: '3' })).toEqual({ ok: '-2' });
      expect(await on('increment', { key: 'end', delta: end })).toEqual({ ok: end });
      expect(await on('increment', { key: 'end', delta: '-1' })).toMatchObject({ error: { case: 'other' } });
      expect(await on('get', { key: 'end' })).toEqual({ ok: base64(end) });
    });

    test('an empty value is no number', async () => {
      const on = freshBucket();
      await on('set', { key: 'n', value: '' });
      expect(await on('increment', { key: 'n', delta: '1' })).toMatchObject({ error: { case: 'other' } });
      expect(await on('get', { key: 'n' })).toEqual({ ok: '' });
    });

    test('50 clients at once count exactly', async () => {
      const on = freshBucket();
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => on('increment', { key: 'n', delta: '2' })),
      );
      const counts = answers.map((answer) => Number((answer as { ok: string }).ok));
      expect(counts.toSorted((a, b) => a - b)).toEqual(counts.map((_, index) => 2 * (index + 1)));
    });

    test('get-many keeps order, holes and repetitions', async () => {
      const on = freshBucket();
      await on('set-many', {
        entries: [
          ['a', base64('1')],
          ['b', base64('2')],
          ['a', base64('3')],
        ],
      });
      expect(await on('get-many', { keys: ['b', 'none', 'a', 'b'] })).toEqual({
        ok: [['b', base64('2')], null, ['a', base64('3')], ['b', base64('2')]],
      });
      expect(await on('delete-many', { keys: ['a', 'none'] })).toEqual({ ok: null });
      expect(await on('get-many', { keys: ['a'] })).toEqual({ ok: [null] });
      expect(await on('get-many', { keys: [] })).toEqual({ ok: [] });
    });

    test('buckets are apart', async () => {
      const [one, other] = [freshBucket(), freshBucket()];
      await one('set', { key: 'k', value: base64('one') });
      expect(await other('get', { key: 'k' })).toEqual({ ok: null });
    });

    test('a bucket without keys has an empty list', async () => {
      const on = freshBucket();
      await on('set', { key: 'k', value: '' });
      await on('delete', { key: 'k' });
      expect(await on('list-keys')).toEqual({ ok: { keys: [], cursor: null } });
    });

    test('a value of 900 KB comes back byte for byte', async () => {
      const on = freshBucket();
      const value = randomBytes(900_000).toString('base64');
      expect(await on('set', { key: 'k', value })).toEqual({ ok: null });
      expect(await on('get', { key: 'k' })).toEqual({ ok: value });
    });

    test('a key over the limit is an error', async () => {
      const on = freshBucket();
      const { largestKey } = promises;
      expect(await on('set', { key: 'k'.repeat(largestKey), value: '' })).toEqual({ ok: null });
      expect(await on('set', { key: 'k'.repeat(largestKey + 1), value: '' })).toMatchObject({
        error: { case: 'other', message: expect.stringContaining(String(largestKey)) },
      });
    });

    test.runIf(dialect === 'draft2')(
      'a swap succeeds once and hands out a handle for the retry',
      async () => {
        const on = freshBucket();
        await on('set', { key: 'k', value: base64('one') });
        expect(await on('cas-current', { key: 'k' })).toEqual({ ok: base64('one') });
        expect(await on('cas-swap', { key: 'k', value: base64('two') })).toMatchObject({
          ok: { swaps: [{ ok: null }] },
        });
        const between = [{ operation: 'set', bucket: on.bucket, key: 'k', value: base64('theirs') }];
        const stale = await on('cas-swap', {
          key: 'k',
          value: base64('mine'),
          read: true,
          between,
          retry: true,
        });
        expect(stale).toMatchObject({
          ok: {
            current: [base64('two'), base64('theirs')],
            swaps: [{ error: { case: 'cas-failed' } }, { ok: null }],
          },
        });
        expect(await on('get', { key: 'k' })).toEqual({ ok: base64('mine') });
      },
    );

    test.runIf(dialect === 'draft2')('a swap makes a key that was not there', async () => {
      const on = freshBucket();
      expect(await on('cas-current', { key: 'k' })).toEqual({ ok: null });
      expect(await on('cas-swap', { key: 'k', value: base64('new'), read: true })).toMatchObject({
        ok: { current: [null], swaps: [{ ok: null }] },
      });
      expect(await on('get', { key: 'k' })).toEqual({ ok: base64('new') });
    });

    test.runIf(dialect === 'draft2')(
      'a swap notices a key that went, and does not bring it back',
      async () => {
        const on = freshBucket();
        await on('set', { key: 'k', value: base64('old') });
        const between = [{ operation: 'delete', bucket: on.bucket, key: 'k' }];
        expect(await on('cas-swap', { key: 'k', value: base64('mine'), between, read: true })).toMatchObject({
          ok: { current: [base64('old'), null], swaps: [{ error: { case: 'cas-failed' } }] },
        });
        expect(await on('exists', { key: 'k' })).toEqual({ ok: false });
      },
    );

    test.runIf(dialect === 'draft2')('a swap notices a key that came, or went and came again', async () => {
      const on = freshBucket();
      const { bucket } = on;
      const set = { operation: 'set', bucket, key: 'k', value: base64('same') };
      const failed = { ok: { swaps: [{ error: { case: 'cas-failed' } }] } };
      expect(await on('cas-swap', { key: 'k', value: base64('mine'), between: [set] })).toMatchObject(failed);
      const remade = [{ operation: 'delete', bucket, key: 'k' }, set];
      expect(await on('cas-swap', { key: 'k', value: base64('mine'), between: remade })).toMatchObject(
        failed,
      );
      expect(await on('get', { key: 'k' })).toEqual({ ok: base64('same') });
    });
  },
);
