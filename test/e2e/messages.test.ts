import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { InspectorClient } from '../support/inspector.ts';
import { component, KvasiDev } from '../support/kvasi-in-process.ts';
import { KvasiDev as KvasiProcess } from '../support/kvasi-process.ts';
import { rawClient } from '../support/nats-client.ts';
import { Project } from '../support/project.ts';
import { isInstalled, natsServer, Server } from '../support/server.ts';

const messenger = component('messaging/messenger', 'messenger');
const files = {
  'messenger.wasm': await readFile(messenger),
  'listener.wasm': await readFile(component('messaging/listener', 'listener')),
};
const hasNats = await isInstalled(natsServer);

const inMemory = `
dev:
  component_path: messenger.wasm
  components:
    - name: echo
      file: listener.wasm
      config: { name: echo, subscriptions: say.> }
workload:
  config: { subscriptions: orders.> }
`;

const post = async (kvasi: { fetch: KvasiDev['fetch'] }, path: string, body = ''): Promise<string> =>
  await (await kvasi.fetch(path, { method: 'POST', body })).text();

test('messages go from one component of the project to another, and get a line like requests', async () => {
  await using project = await Project.create({ ...files, '.wash/config.yaml': inMemory });
  await using kvasi = await KvasiDev.start([], { cwd: project.folder });
  expect(await post(kvasi, '/request?subject=say.it', 'hello')).toBe('echo heard hello');
  await kvasi.until(/^msg {3}say\.it → echo {2}ok {2}\S+ ?\S* {2}publish _INBOX\./m);
  await kvasi.until(/^POST {2}\/request\?subject=say\.it {2}200 {2}.*request say\.it/m);
  await post(kvasi, '/publish?subject=orders.new', 'a book');
  await kvasi.until(/^msg {3}orders\.new → main {2}ok .*increment heard\/orders\.new/m);
  await post(kvasi, '/publish?subject=orders.bad', 'fail out of stock');
  await kvasi.until(
    /msg {3}orders\.bad → main {2}failed .*\(the component answered with an error: out of stock\)/,
  );
  await post(kvasi, '/publish?subject=orders.bad', 'trap');
  await kvasi.until(
    /msg {3}orders\.bad → main {2}failed .*\(the component trapped: main: unreachable\)\n {4}at .*stumble/,
  );
  expect(await kvasi.text('/count?key=orders.new')).toBe('1\n');
});

test('--json and the inspector have them, too', async () => {
  await using project = await Project.create({ ...files, '.wash/config.yaml': inMemory });
  await using kvasi = await KvasiDev.start(['--json'], { cwd: project.folder });
  await post(kvasi, '/publish?subject=orders.new', 'a book');
  const line = await kvasi.until(/^.*"event":"message".*$/m);
  expect(JSON.parse(line)).toMatchObject({
    event: 'message',
    component: 'main',
    subject: 'orders.new',
    size: 6,
    disposition: null,
    failure: null,
    operations: [{ op: 'open' }, { op: 'increment', bucket: 'heard', key: 'orders.new' }],
  });
  const inspector = await InspectorClient.of(kvasi);
  const { requests } = (await inspector.json('requests')) as { requests: readonly unknown[] };
  expect(requests).toContainEqual(
    expect.objectContaining({ kind: 'message', path: 'orders.new', method: 'main', status: 200 }),
  );
});

test('a component is replaced while messages come: its queue stays', async () => {
  await using project = await Project.create({ ...files, '.wash/config.yaml': inMemory });
  await using kvasi = await KvasiDev.start([], { cwd: project.folder });
  await post(kvasi, '/publish?subject=orders.slow&times=40', 'wait 300');
  await project.write('messenger.wasm', Buffer.concat([files['messenger.wasm'], customSection]));
  await kvasi.until(/^reloaded/m);
  const handled = (): number => kvasi.stdout.split('msg   orders.slow → main  ok').length - 1;
  await expect.poll(handled, { timeout: 20_000 }).toBe(40);
  expect(kvasi.stderr).toBe('');
});

/** Changes nothing but the bytes: an empty custom section named "x". */
const customSection = Buffer.from([0, 2, 1, 120]);

test('a handler that never ends is ended, and others go on meanwhile', async () => {
  await using project = await Project.create({ ...files, '.wash/config.yaml': inMemory });
  await using kvasi = await KvasiDev.start(['--request-timeout', '8s'], { cwd: project.folder });
  await post(kvasi, '/publish?subject=orders.loop', 'spin');
  expect(await post(kvasi, '/request?subject=say.it', 'still there')).toBe('echo heard still there');
  await kvasi.until(/msg {3}orders\.loop → main {2}failed .*did not handle the message within 8 s/);
}, 60_000);

test.runIf(hasNats)('with NATS other programs send messages to components, and get replies', async () => {
  await using server = await Server.start(natsServer);
  await using project = await Project.create({ ...files, '.wash/config.yaml': withNats(server) });
  await using kvasi = await KvasiDev.start([], { cwd: project.folder });
  const client = await rawClient(server);
  try {
    expect((await client.request('say.hello', 'there')).string()).toBe('echo heard there');
    client.subscribe('other.program', {
      callback: (_, message) => void message.respond(`got ${message.string()}`),
    });
    await client.flush();
    expect(await post(kvasi, '/request?subject=other.program', 'a question')).toBe('got a question');
    expect(await post(kvasi, '/request?subject=nobody.there', 'x')).toBe(
      'no responders: nobody has subscribed to "nobody.there"\n',
    );
    expect(await post(kvasi, '/request?subject=orders.x&timeout=100', 'publish nowhere x')).toContain(
      'within 100 ms',
    );
    expect(await post(kvasi, '/publish?subject=orders.x', 'x'.repeat(1_048_577))).toContain(
      'takes at most 1048576',
    );
    client.publish('orders.from.outside', 'x');
    await kvasi.until(/^msg {3}orders\.from\.outside → main {2}ok/m);
  } finally {
    await client.close();
  }
});

test.runIf(hasNats)('of two hosts one gets a message, with broadcast both', async () => {
  await using server = await Server.start(natsServer);
  await using one = await Project.create({ ...files, '.wash/config.yaml': withNats(server) });
  await using first = await KvasiDev.start([], { cwd: one.folder });
  await using second = await KvasiDev.start([], { cwd: one.folder });
  const client = await rawClient(server);
  try {
    for (let index = 0; index < 40; index += 1) client.publish('orders.shared', 'x');
    await client.flush();
    const count = (kvasi: KvasiDev): number => kvasi.stdout.split('msg   orders.shared').length - 1;
    await expect.poll(() => count(first) + count(second)).toBe(40);
    expect(count(first)).toBeGreaterThan(0);
    expect(count(second)).toBeGreaterThan(0);
  } finally {
    await client.close();
  }
});

test.runIf(hasNats)('NATS goes away and comes back', async () => {
  await using server = await Server.start(natsServer);
  await using project = await Project.create({ ...files, '.wash/config.yaml': withNats(server) });
  await using kvasi = await KvasiDev.start([], { cwd: project.folder });
  await server.kill();
  await kvasi.until(/nats at 127\.0\.0\.1:\d+ is away, and messages with it/);
  expect(await post(kvasi, '/publish?subject=orders.x', 'x')).toContain('is away');
  await server.restart();
  await kvasi.until(/is back; messages are carried again/);
  await expect.poll(() => post(kvasi, '/request?subject=say.again', 'hello')).toBe('echo heard hello');
});

test.runIf(hasNats)('a host that starts while NATS is away gets messages once it is there', async () => {
  await using server = await Server.start(natsServer);
  await server.kill();
  await using project = await Project.create({ ...files, '.wash/config.yaml': withNats(server) });
  await using kvasi = await KvasiDev.start([], { cwd: project.folder });
  await kvasi.until(/is away, and messages with it/);
  await server.restart();
  await expect
    .poll(() => post(kvasi, '/request?subject=say.late', 'hello'), { timeout: 10_000 })
    .toBe('echo heard hello');
});

test.runIf(hasNats)('SIGTERM ends what is being handled, and takes nothing new', async () => {
  await using server = await Server.start(natsServer);
  await using project = await Project.create({ ...files, '.wash/config.yaml': withNats(server) });
  await using kvasi = await KvasiProcess.start([], { cwd: project.folder });
  const client = await rawClient(server);
  try {
    const slow = client.request('orders.slow', 'wait 800', { timeout: 5000 });
    await client.flush();
    expect(await kvasi.text('/count?key=none')).toBe('0\n');
    kvasi.signal('SIGTERM');
    expect((await slow).string()).toBe('wait 800');
    expect(await kvasi.ended).toBe(0);
    await expect(client.request('orders.slow', 'x', { timeout: 1000 })).rejects.toThrow();
  } finally {
    await client.close();
  }
});

test.runIf(hasNats)(
  'a flood from outside is bounded: what there is no room for is dropped, and counted',
  async () => {
    await using server = await Server.start(natsServer);
    await using project = await Project.create({ ...files, '.wash/config.yaml': withNats(server) });
    const limits = [
      '--limit',
      'queuedMessages=50',
      '--limit',
      'messagesInFlight=2',
      '--limit',
      'messageSize=1KiB',
    ];
    await using kvasi = await KvasiDev.start(limits, { cwd: project.folder });
    const client = await rawClient(server);
    try {
      for (let index = 0; index < 5000; index += 1) client.publish('orders.flood', 'wait 20');
      client.publish('orders.large', 'x'.repeat(1025));
      await client.flush();
      await kvasi.until(/main: \d+ messages refused, as \d+ wait already/);
      await kvasi.until(/nats at \S+: 1 message dropped, as larger than 1024 bytes/);
      expect(await kvasi.text('/count?key=none')).toBe('0\n');
      expect((await client.request('say.after', 'it', { timeout: 10_000 })).string()).toBe('echo heard it');
    } finally {
      await client.close();
    }
  },
);

function withNats({ port }: Server): string {
  return inMemory.replace(
    'dev:',
    `dev:\n  data_nats_url: nats://127.0.0.1:${port}\n  wasi_keyvalue_path: kv`,
  );
}
