import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Feature } from '../../host/interfaces/keyvalue/conformance/feature.ts';
import { concurrency } from '../../host/interfaces/keyvalue/conformance/group-concurrency.ts';
import { histories } from '../../host/interfaces/keyvalue/conformance/group-histories.ts';
import { restarts } from '../../host/interfaces/keyvalue/conformance/group-restarts.ts';
import { groups } from '../../host/interfaces/keyvalue/conformance/groups.ts';
import { movableClock } from '../../host/interfaces/keyvalue/conformance/subject.ts';
import type { TestHost } from '../../host/testing.ts';
import { conformance } from '../conformance/suite.ts';
import { callProbe, type Dialect, ProbeHost, startProbe } from '../support/probe-host.ts';
import { rounds } from '../support/rounds.ts';
import { type ProbedBackend, probedBackends } from './probed-backends.ts';

type Fields = Record<string, unknown>;

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const lacks: Readonly<Record<Dialect, readonly Feature[]>> = {
  draft: ['settings', 'versions', 's64', 'text cursors', 'values over 16 MiB'],
  draft2: ['settings', 'versions', 'u64', 'values over 16 MiB'],
};

/** What many clients and hosts do to each other is not up to the dialect. */
const groupsOfDraft = groups.filter((group) => ![concurrency, histories, restarts].includes(group));

const cases = [...probedBackends].flatMap(([name, backend], index) =>
  (['draft', 'draft2'] as const)
    .filter((dialect) => dialect === 'draft2' || index < rounds.backendsOfDraft)
    .map((dialect) => ({ name, dialect, ...backend })),
);

describe.for(cases)(
  '$name through kv-probe, built against 0.2.0-$dialect',
  ({ dialect, capabilities, start }) => {
    let backend: ProbedBackend;

    const asked = { capabilities, lacks: lacks[dialect] };
    const subject = async () => ({
      ...asked,
      clock: movableClock(),
      connect: async () => new ProbeHost(dialect, backend.rule),
      async [Symbol.asyncDispose]() {},
    });

    beforeAll(async () => {
      backend = await start();
    });
    afterAll(async () => await backend[Symbol.asyncDispose]());

    conformance('the suite', asked, subject, dialect === 'draft2' ? groups : groupsOfDraft);

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
          error: { case: 'other', message: expect.stringContaining('cursor') },
        });
      });

      // The other dialect has none.
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
