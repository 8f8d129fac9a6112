import { expect, test } from 'vitest';
import { jsonOutput } from '../../host/cli/dev/dev-json.ts';
import {
  changeLines,
  messageLines,
  requestLines,
  scheduleLines,
  trapLines,
} from '../../host/cli/dev/request-line.ts';
import { timelineLines } from '../../host/cli/dev/timeline.ts';
import { loadInterfaces } from '../../host/interfaces/index.ts';
import { keyvalueOperations } from '../../host/interfaces/keyvalue/operations.ts';
import { loggingOperations } from '../../host/interfaces/logging/operations.ts';
import { recordsOf, tracedOperations } from '../../host/interfaces/traced-operations.ts';
import { noTrace, type PackedTrace } from '../../host/runtime/trace/packed-trace.ts';
import { TraceLog } from '../../host/runtime/trace/trace-log.ts';
import { Output } from '../../host/terminal/output.ts';
import type { RequestReport } from '../../host/triggers/http/request-report.ts';
import { KeptStream } from '../support/kept-stream.ts';

await loadInterfaces();

const megabyte = 'é'.repeat(1_000_000);

function reportOf(): RequestReport {
  const log = new TraceLog(tracedOperations());
  const trace = log.of(keyvalueOperations);
  log.begin();
  for (let count = 0; count < 10; count += 1)
    trace.note(
      keyvalueOperations.operations.set,
      megabyte,
      megabyte,
      [],
      `no room for ${megabyte}`,
      performance.now(),
    );
  return {
    request: 1,
    clientPort: 1,
    method: 'GET',
    path: `/${megabyte}`,
    status: 500,
    milliseconds: 1,
    operations: log.take(),
    trap: { reason: `panicked: ${megabyte}`, backtrace: [megabyte] },
    failure: `why: ${megabyte}`,
    refused: false,
  };
}

test('whatever a request is about, its lines are of a length that can be read', () => {
  const report = reportOf();
  const lines = [
    ...requestLines({ ...report, trap: undefined }, false),
    ...requestLines(report, true),
    ...trapLines('app', report),
    ...timelineLines(recordsOf(report.operations)),
  ];
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(4000);
  expect(lines.join('\n')).toMatch(/\/é+… \(1,000,001 characters\) {2}500/);
});

function loggedAndSet(): PackedTrace {
  const log = new TraceLog(tracedOperations());
  log.begin();
  const level = 'info';
  log
    .of(loggingOperations)
    .note(
      loggingOperations.operations.log,
      'orders',
      undefined,
      [level, 'counted'],
      undefined,
      performance.now(),
    );
  log
    .of(keyvalueOperations)
    .note(keyvalueOperations.operations.set, 'orders', 'last', [], undefined, performance.now());
  return log.take();
}

test('what a component logged has a line already, and none of those about what it was called for names it again', () => {
  const operations = loggedAndSet();
  expect(recordsOf(operations)).toHaveLength(2);
  const ended = { request: 1, milliseconds: 1, operations, trap: undefined, failure: undefined };
  const called = { ...ended, component: 'shop', size: 1 };
  const lines = [
    requestLines({ ...reportOf(), ...ended }, false),
    scheduleLines({ ...ended, schedule: 'nightly', status: 0, reason: undefined }, false),
    messageLines(
      { ...called, subject: 'orders.new', replyTo: undefined, waited: 0, disposition: undefined },
      false,
    ),
    changeLines({ ...called, bucket: 'in_memory/orders', key: 'last', change: 'set' }, false),
  ];
  for (const [line] of lines) {
    expect(line).toContain('set orders/last');
    expect(line).not.toContain('log ');
  }
});

test('a fault of the host keeps its stack, whatever the component was called for', () => {
  const trap = { reason: 'a fault of the host', backtrace: [], hostStack: 'Error: no such thing' };
  const ended = { request: 1, milliseconds: 1, operations: noTrace, trap, failure: undefined };
  const called = { ...ended, component: 'shop', size: 1 };
  for (const lines of [
    trapLines('shop', { ...reportOf(), ...ended }),
    scheduleLines({ ...ended, schedule: 'nightly', status: undefined, reason: undefined }, false),
    messageLines(
      { ...called, subject: 'orders.new', replyTo: undefined, waited: 0, disposition: undefined },
      false,
    ),
    changeLines({ ...called, bucket: 'in_memory/orders', key: 'last', change: 'set' }, false),
  ])
    expect(lines).toContain('  in the host: Error: no such thing');
});

function printed(write: (output: ReturnType<typeof jsonOutput>) => void): unknown[] {
  const stream = new KeptStream(false);
  const output = new Output(stream);
  const { signal } = new AbortController();
  const json = jsonOutput('app', {
    cwd: '/',
    env: {},
    stdin: process.stdin,
    stdout: output,
    stderr: output,
    signal,
    heedSignals() {},
  });
  write(json);
  return stream.text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

test('in JSON a character in two pieces is one, for each request and stream', () => {
  const [first, second] = [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)];
  const events = printed((output) => {
    output.print(1, 'stdout', first);
    output.print(2, 'stdout', Buffer.from('other'));
    output.print(1, 'stderr', Buffer.from('error'));
    output.print(1, 'stdout', second);
  });
  expect(events).toEqual([
    { event: 'print', component: 'app', request: 2, stream: 'stdout', text: 'other' },
    { event: 'print', component: 'app', request: 1, stream: 'stderr', text: 'error' },
    { event: 'print', component: 'app', request: 1, stream: 'stdout', text: 'é' },
  ]);
});

test('in JSON what is no text has its bytes beside it', () => {
  const events = printed((output) => {
    output.print(1, 'stdout', Uint8Array.from([0x61, 0xff]));
    output.print(2, 'stderr', Uint8Array.from([0xc3]));
    output.request({ ...reportOf(), request: 2 });
  });
  expect(events).toMatchObject([
    { request: 1, stream: 'stdout', text: 'a\ufffd', bytes: 'Yf8=' },
    { request: 2, stream: 'stderr', text: '\ufffd', bytes: 'ww==' },
    { event: 'request', request: 2 },
  ]);
});
