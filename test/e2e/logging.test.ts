import { expect, test } from 'vitest';
import { createHost } from '../../host/index.ts';
import { InspectorClient } from '../support/inspector.ts';
import { component, KvasiDev } from '../support/kvasi-in-process.ts';

const vault = component('telemetry/vault', 'vault');
const pathOf = (fields: Readonly<Record<string, string>>): string => `/log?${new URLSearchParams(fields)}`;

test('a message is a line with its level and its context, on standard error', async () => {
  await using kvasi = await KvasiDev.start([vault]);
  await kvasi.text(pathOf({ level: 'warn', context: 'db', message: 'it is slow' }));
  await kvasi.text(pathOf({ level: 'trace', message: 'first\nsecond' }));
  await kvasi.until(/^\[vault\] second$/m);
  expect(kvasi.stderr).toContain('[vault] warn [db]: it is slow\n[vault] trace: first\n[vault] second\n');
  await kvasi.until(/GET {3}\/log\?level=trace/);
  // It has been shown, and is no operation of the request.
  expect(kvasi.stdout).not.toContain('it is slow,');
  expect(kvasi.stdout).not.toMatch(/\blog db\b/);
});

test('with --json a message is an event with its parts', async () => {
  await using kvasi = await KvasiDev.start([vault, '--json']);
  await kvasi.text(pathOf({ level: 'critical', context: 'a "b"', message: '\u001b[2Jwhat\nnow' }));
  await kvasi.until(/"event":"request"/);
  const events = kvasi.stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  expect(events.filter(({ event }) => event === 'log')).toEqual([
    {
      event: 'log',
      component: 'vault',
      request: 1,
      level: 'critical',
      context: 'a "b"',
      message: '\u001b[2Jwhat\nnow',
    },
  ]);
  expect(events.find(({ event }) => event === 'request')).toMatchObject({ operations: [] });
});

test('the inspector has messages among what the request did', async () => {
  await using kvasi = await KvasiDev.start([vault]);
  const inspector = await InspectorClient.of(kvasi);
  await kvasi.text(pathOf({ level: 'error', context: 'db', message: 'it is gone' }));
  const seen = async () => (await inspector.json('requests')) as { requests: { operations: unknown[] }[] };
  await expect
    .poll(async () => (await seen()).requests[0]?.operations)
    .toMatchObject([
      {
        interface: 'wasi:logging',
        op: 'log',
        effect: 'tell',
        context: 'db',
        level: 'error',
        message: 'it is gone',
      },
    ]);
});

test.for([
  [['--guest-log-level', 'warn'], {}],
  [[], { KVASI_GUEST_LOG_LEVEL: 'warn' }],
] as const)('messages below the least level are not taken: %s %s', async ([args, env]) => {
  await using kvasi = await KvasiDev.start([vault, ...args], { env });
  for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'critical'])
    await kvasi.text(pathOf({ level, message: `of ${level}` }));
  await kvasi.until(/critical: of critical/);
  expect(kvasi.stderr.match(/of \w+/g)).toEqual(['of warn', 'of error', 'of critical']);
});

test('a host of a program tells messages with what is printed', async () => {
  await using host = await createHost({ component: vault });
  const told: unknown[] = [];
  host.on('print', ({ request, stream, bytes, log }) =>
    told.push({ request, stream, text: Buffer.from(bytes).toString(), log }),
  );
  await (await host.fetch(pathOf({ level: 'info', context: 'c', message: 'm' }))).text();
  await expect
    .poll(() => told)
    .toEqual([
      {
        request: 1,
        stream: 'stderr',
        text: 'info [c]: m\n',
        log: { level: 'info', context: 'c', message: 'm' },
      },
    ]);
});
