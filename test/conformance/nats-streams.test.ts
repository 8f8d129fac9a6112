import type { NatsConnection } from '@nats-io/transport-node';
import { describe, expect, test } from 'vitest';
import { bytes, keysOf, textOf } from '../../host/interfaces/keyvalue/conformance/bucket-contents.ts';
import { refusal } from '../../host/interfaces/keyvalue/conformance/refusal.ts';
import { api, connect, rawClient, washSettings } from '../support/nats-client.ts';
import { isInstalled, natsServer, Server } from '../support/server.ts';

describe.runIf(await isInstalled(natsServer))('streams that others made', () => {
  /** Makes a stream as another program does. */
  async function addStream(client: NatsConnection, config: Readonly<Record<string, unknown>>): Promise<void> {
    const { error } = await api(client, `STREAM.CREATE.${String(config.name)}`, config);
    expect(error).toBeUndefined();
  }

  test('a bucket that mirrors another one has its values, and takes writes for it', async () => {
    await using server = await Server.start(natsServer);
    await using backend = await connect(server);
    const origin = await backend.open('origin', {});
    await origin.set('k', bytes('v'));
    const client = await rawClient(server);
    const { subjects: _, ...settings } = washSettings('copy');
    await addStream(client, { ...settings, mirror: { name: 'KV_origin' }, mirror_direct: true });
    await addStream(client, { ...settings, name: 'KV_second', mirror: { name: 'KV_copy' } });
    for (const name of ['copy', 'second']) {
      const bucket = await backend.open(name, {});
      expect(await textOf(bucket, 'k')).toBe('v');
      await bucket.set(name, bytes('mine'));
      expect(await textOf(origin, name)).toBe('mine');
      expect(await keysOf(bucket)).toEqual(await keysOf(origin));
      expect(await bucket.increment('n', 1n, 's64')).toBe(name === 'copy' ? 1n : 2n);
    }
    await client.close();
  });

  test('what was written is read at once where a mirror answers reads, too', async () => {
    await using server = await Server.start(natsServer);
    await using backend = await connect(server);
    await (await backend.open('b', {})).set('k', bytes('v'));
    const client = await rawClient(server);
    const { subjects: _, ...settings } = washSettings('mirror');
    await addStream(client, { ...settings, mirror: { name: 'KV_b' }, mirror_direct: true });
    const get = () => client.request('$JS.API.DIRECT.GET.KV_b', JSON.stringify({ last_by_subj: '$KV.b.k' }));
    await expect
      .poll(async () => (await get()).headers?.get('Nats-Stream'), { timeout: 10_000, interval: 5 })
      .toBe('KV_mirror');
    await using later = await connect(server);
    const bucket = await later.open('b', {});
    for (let number = 0; number < 500; number += 1) {
      await bucket.set('k', bytes(String(number)));
      expect(await textOf(bucket, 'k')).toBe(String(number));
      await bucket.set(`k${number}`, bytes('v'));
      expect(await textOf(bucket, `k${number}`)).toBe('v');
    }
    await client.close();
  });

  const mirrorOf = (more: object) => ({ subjects: undefined, mirror: { name: 'KV_origin', ...more } });
  test.for([
    ['with keys of another one', { sources: [{ name: 'KV_origin' }] }, /takes from KV_origin is under other/],
    ['of other subjects', { subjects: ['other.>'] }, /does not take the subjects \$KV\.odd\.>/],
    ['of one key', { subjects: ['$KV.odd.k'] }, /does not take the subjects/],
    ['that drops what is consumed', { retention: 'workqueue' }, /until they are consumed/],
    ['that drops what nobody consumes', { retention: 'interest' }, /until they are consumed/],
    ['that acknowledges nothing', { no_ack: true }, /acknowledges no writes/],
    [
      'that mirrors a part',
      mirrorOf({ filter_subject: '$KV.origin.a' }),
      /KV_origin, of which it has a part/,
    ],
    ['whose origin is gone', mirrorOf({}), /mirrors KV_origin, which is not there/],
  ] as const)('a stream %s is refused when it is opened', async ([what, config, reason]) => {
    await using server = await Server.start(natsServer);
    await using backend = await connect(server);
    await backend.open('origin', {});
    const client = await rawClient(server);
    await addStream(client, { ...washSettings('odd'), ...config });
    if (what === 'whose origin is gone') await api(client, 'STREAM.DELETE.KV_origin', {});
    expect(await refusal(() => backend.open('odd', {}))).toMatch(reason);
    await client.close();
  });

  test.for([
    ['the subjects of all buckets', { subjects: ['$KV.*.>'] }],
    ['a history that is republished', { max_msgs_per_subject: 5, republish: { src: '>', dest: 'copy.>' } }],
  ] as const)('a stream with %s is used as it is', async ([, config]) => {
    await using server = await Server.start(natsServer);
    await using backend = await connect(server);
    const client = await rawClient(server);
    await addStream(client, { ...washSettings('odd'), ...config });
    const bucket = await backend.open('odd', {});
    await bucket.set('k', bytes('v'));
    expect(await textOf(bucket, 'k')).toBe('v');
    expect(await keysOf(bucket)).toEqual(['k']);
    await client.close();
  });

  test('a sealed stream is read, and one that drops keys when it is full is warned of', async () => {
    await using server = await Server.start(natsServer);
    const told: string[] = [];
    await using backend = await connect(server, { tell: (text) => told.push(text) });
    const bucket = await backend.open('b', {});
    await bucket.set('k', bytes('v'));
    const client = await rawClient(server);
    const { config } = await api(client, 'STREAM.INFO.KV_b', {});
    await api(client, 'STREAM.UPDATE.KV_b', { ...config, sealed: true });
    expect(await textOf(bucket, 'k')).toBe('v');
    expect(await refusal(() => bucket.set('k', bytes('w')))).toMatch(/sealed/);
    await addStream(client, { ...washSettings('small'), max_msgs: 2, discard: 'old' });
    await backend.open('small', {});
    expect(told).toEqual([expect.stringMatching(/stream KV_small drops its oldest keys when it is full/)]);
    await client.close();
  });
});
