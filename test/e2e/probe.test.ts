import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Feature } from '../../host/interfaces/keyvalue/conformance/feature.ts';
import { concurrency } from '../../host/interfaces/keyvalue/conformance/group-concurrency.ts';
import { histories } from '../../host/interfaces/keyvalue/conformance/group-histories.ts';
import { keyTtl } from '../../host/interfaces/keyvalue/conformance/group-key-ttl.ts';
import { restarts } from '../../host/interfaces/keyvalue/conformance/group-restarts.ts';
import { groups } from '../../host/interfaces/keyvalue/conformance/groups.ts';
import type { TestHost } from '../../host/testing.ts';
import { conformance } from '../conformance/suite.ts';
import { callProbe, type Dialect, ProbeClock, ProbeHost, startProbe } from '../support/probe-host.ts';
import { rounds } from '../support/rounds.ts';
import { type ProbedBackend, probedBackends } from './probed-backends.ts';

type Fields = Record<string, unknown>;

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const lacks: Readonly<Record<Dialect, readonly Feature[]>> = {
  draft: ['settings', 'versions', 'key ttl', 's64', 'text cursors', 'values over 16 MiB'],
  draft2: ['settings', 'versions', 'key ttl', 'u64', 'values over 16 MiB'],
  wasmcloud: ['settings', 'versions', 'u64', 'values over 16 MiB'],
};

/** What many clients and hosts do to each other is not up to the dialect. */
const groupsOfDraft = groups.filter((group) => ![concurrency, histories, restarts].includes(group));

const cases = [...probedBackends].flatMap(([name, backend], index) =>
  (['draft', 'draft2', 'wasmcloud'] as const)
    .filter((dialect) => dialect !== 'draft' || index < rounds.backendsOfDraft)
    .map((dialect) => ({ name, dialect, isWhole: index < rounds.backendsOfDraft, ...backend })),
);

describe.for(cases)(
  '$name through kv-probe, built against $dialect',
  ({ dialect, isWhole, capabilities, start }) => {
    let backend: ProbedBackend;

    const asked = { capabilities, lacks: lacks[dialect] };
    const subject = async () => {
      const clock = new ProbeClock();
      return {
        ...asked,
        clock,
        connect: async () => new ProbeHost(dialect, backend.rule, clock),
        async [Symbol.asyncDispose]() {},
      };
    };

    beforeAll(async () => {
      backend = await start();
    });
    afterAll(async () => await backend[Symbol.asyncDispose]());

    // What only the newer interface can ask for is asked of every backend.
    const chosen = dialect === 'draft2' ? groups : isWhole ? groupsOfDraft : [keyTtl];
    conformance('the suite', asked, subject, chosen);

    describe('what the suite can not ask of a component', () => {
      let host: TestHost;
      let buckets = 0;

      beforeAll(async () => {
        host = await startProbe(dialect, backend.rule);
      });
      afterAll(async () => await host.close());

      /** The operations on a bucket that no other test uses. */
      function freshBucket() {
        buckets += 1;
        const bucket = `bucket ${buckets}`;
        const on = (operation: string, fields: Fields = {}) =>
          callProbe(host, operation, { bucket, ...fields });
        return Object.assign(on, { bucket });
      }

      test('a cursor that nobody gave out is an error', async () => {
        const on = freshBucket();
        expect(await on('list-keys', { cursor: '4711' })).toMatchObject({
          error:
            dialect === 'wasmcloud'
              ? { case: 'invalid-argument' }
              : { case: 'other', message: expect.stringContaining('cursor') },
        });
      });

      if (dialect === 'wasmcloud') {
        test('a key is made once, and a swap says what is there in place of what it wanted', async () => {
          const on = freshBucket();
          const make = { key: 'k', value: base64('one'), 'if-not-exists': true };
          expect(await on('set', make)).toEqual({ ok: null });
          expect(await on('set', make)).toEqual({ error: { case: 'precondition-failed' } });
          const { ok: seen } = (await on('current', { key: 'k' })) as { ok: Fields };
          expect(seen.value).toBe(base64('one'));
          const mine = { key: 'k', value: base64('two'), 'require-version': seen.version };
          expect(await on('swap', mine)).toEqual({ ok: 'swapped' });
          const { ok: now } = (await on('current', { key: 'k' })) as { ok: Fields };
          expect(now.value).toBe(base64('two'));
          expect(await on('swap', mine)).toEqual({ ok: { stale: now } });
          const byValue = { key: 'k', value: base64('three'), 'require-value': base64('two') };
          expect(await on('swap', byValue)).toEqual({ ok: 'swapped' });
          expect(await on('swap', byValue)).toMatchObject({ ok: { stale: { value: base64('three') } } });
          expect(await on('swap', { ...mine, 'require-version': 'nobody gave that out' })).toMatchObject({
            ok: { stale: { value: base64('three') } },
          });
          await on('delete', { key: 'k' });
          expect(await on('current', { key: 'k' })).toEqual({ ok: null });
          expect(await on('swap', byValue)).toEqual({ ok: { stale: null } });
          expect(await on('swap', { key: 'k', value: base64('x') })).toEqual({
            error: { case: 'invalid-argument' },
          });
        });

        test('of many that make a key, or swap it, at the same time one does', async () => {
          const on = freshBucket();
          const makers = Array.from({ length: 8 }, (_, index) =>
            on('set', { key: 'k', value: base64(String(index)), 'if-not-exists': true }),
          );
          expect((await Promise.all(makers)).filter((answer) => 'ok' in (answer as Fields))).toHaveLength(1);
          const { ok: seen } = (await on('current', { key: 'k' })) as { ok: Fields };
          const swappers = Array.from({ length: 8 }, (_, index) =>
            on('swap', { key: 'k', value: base64(`s${index}`), 'require-version': seen.version }),
          );
          const swapped = (await Promise.all(swappers)).filter(
            (answer) => (answer as Fields).ok === 'swapped',
          );
          expect(swapped).toHaveLength(1);
        });

        test('keys are listed by what they begin with', async () => {
          const on = freshBucket();
          const entries = ['a/1', 'a/2', 'b/1', 'a'].map((key) => [key, base64('x')]);
          await on('set-many', { entries });
          const keys: unknown[] = [];
          for (let cursor: unknown; cursor !== null; ) {
            const answer = await on('list-keys', {
              prefix: 'a/',
              ...(cursor === undefined ? {} : { cursor }),
            });
            const { ok: page } = answer as { ok: { keys: string[]; cursor: string | null } };
            keys.push(...page.keys);
            cursor = page.cursor;
          }
          expect(keys.sort()).toEqual(['a/1', 'a/2']);
        });

        test('a key that is made for a time is anybody’s afterwards', async () => {
          const on = freshBucket();
          const make = { key: 'lock', value: base64('mine'), 'if-not-exists': true, 'ttl-ms': 60_000 };
          expect(await on('set', make)).toEqual({ ok: null });
          expect(await on('set', make)).toEqual({ error: { case: 'precondition-failed' } });
          const { ok: seen } = (await on('current', { key: 'lock' })) as { ok: Fields };
          const renewal = { key: 'lock', value: base64('still mine'), 'require-version': seen.version };
          expect(await on('swap', renewal)).toEqual({ ok: 'swapped' });
          host.clock.advance('61s');
          expect(await on('current', { key: 'lock' })).toEqual({ ok: null });
          expect(await on('swap', renewal)).toEqual({ ok: { stale: null } });
          expect(await on('set', make)).toEqual({ ok: null });
          expect(await host.bucket(on.bucket).keys()).toEqual(['lock']);
        });

        test('a time to live that no key can have is refused, and nothing is changed', async () => {
          const on = freshBucket();
          await on('set', { key: 'k', value: base64('v') });
          for (const ttl of [0, 2 ** 63, 36_500 * 86_400_000 + 1]) {
            for (const create of [true, false]) {
              const wrong = { key: 'k', value: base64('w'), 'if-not-exists': create, 'ttl-ms': ttl };
              expect(await on('set', wrong)).toEqual({ error: { case: 'invalid-argument' } });
            }
          }
          expect(await on('get', { key: 'k' })).toEqual({ ok: base64('v') });
        });
      }

      // Only this one has swaps by handles.
      if (dialect !== 'draft2') return;

      test('a swap succeeds once and hands out a handle for the retry', async () => {
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
      });

      test('a swap notices a key that came, or went and came again', async () => {
        const on = freshBucket();
        const { bucket } = on;
        const set = { operation: 'set', bucket, key: 'k', value: base64('same') };
        const failed = { ok: { swaps: [{ error: { case: 'cas-failed' } }] } };
        expect(await on('cas-swap', { key: 'k', value: base64('mine'), between: [set] })).toMatchObject(
          failed,
        );
        const remade = [{ operation: 'delete', bucket, key: 'k' }, set];
        expect(await on('cas-swap', { key: 'k', value: base64('mine'), between: remade })).toMatchObject(
          failed,
        );
        expect(await on('get', { key: 'k' })).toEqual({ ok: base64('same') });
      });
    });
  },
);
