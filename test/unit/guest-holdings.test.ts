import { expect, test, vi } from 'vitest';
import { clocks } from '../../host/interfaces/clocks/clocks.ts';
import { BodyWriter } from '../../host/interfaces/http/body-writer.ts';
import { Fields, mostFieldBytes } from '../../host/interfaces/http/fields.ts';
import { ResponseOutparam } from '../../host/interfaces/http/outgoing.ts';
import type { ErrorCode, ResponseSink } from '../../host/interfaces/http/response-sink.ts';
import { loadInterfaces } from '../../host/interfaces/index.ts';
import { Pollable, poll } from '../../host/interfaces/io/poll.ts';
import { mostBuckets, noteOpened } from '../../host/interfaces/keyvalue/opened-buckets.ts';
import { keyvalueOperations } from '../../host/interfaces/keyvalue/operations.ts';
import { logging, longestMessage } from '../../host/interfaces/logging/logging.ts';
import type { LeastLevel } from '../../host/interfaces/logging/settings.ts';
import { recordsOf, tracedOperations } from '../../host/interfaces/traced-operations.ts';
import { defaultBounds, TraceLog } from '../../host/runtime/trace/trace-log.ts';
import { type GuestLog, sizeOfLog } from '../../host/runtime/worker/guest-log.ts';
import { Holdings, mostHeldBytes } from '../../host/runtime/worker/holdings.ts';
import { Lifetime } from '../../host/runtime/worker/lifetime.ts';
import { OutputWindow } from '../../host/runtime/worker/output-window.ts';
import { systemClock } from '../../host/shared/clock.ts';

await loadInterfaces();

const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
const value = (length: number): Uint8Array => new Uint8Array(length).fill(0x78);

interface Monotonic {
  subscribeDuration(nanoseconds: bigint): Pollable;
}

function clockOf(lifetime: Lifetime, holdings: Holdings): Monotonic {
  return clocks(lifetime, holdings, systemClock)['wasi:clocks/monotonic-clock'] as unknown as Monotonic;
}

test('timers that a guest waited for and left behind end with it', async () => {
  const holdings = new Holdings();
  const clock = clockOf(new Lifetime(), holdings);
  const before = timers();
  const never = Array.from({ length: 100 }, () => clock.subscribeDuration(2n ** 64n - 1n));
  expect(await poll([...never, clock.subscribeDuration(5_000_000n)])).toEqual(Uint32Array.of(100));
  expect(timers() - before).toBeGreaterThanOrEqual(100);
  holdings.release();
  expect(timers() - before).toBeLessThanOrEqual(0);
});

test('a hundred thousand timers are polled again and again in no time', { timeout: 20_000 }, async () => {
  const holdings = new Holdings();
  const lifetime = new Lifetime();
  const clock = clockOf(lifetime, holdings);
  const never = Array.from({ length: 99_999 }, () => clock.subscribeDuration(2n ** 64n - 1n));
  for (let round = 0; round < 3; round += 1) {
    const ready = await poll([...never, clock.subscribeDuration(5_000_000n)]);
    expect(ready).toEqual(Uint32Array.of(99_999));
  }
  lifetime.end(new Error('the guest was given up'));
  holdings.release();
});

test('polling leaves nothing behind at what is never ready', async () => {
  const never = new Promise<void>(() => {});
  const then = vi.spyOn(never, 'then');
  const clock = clockOf(new Lifetime(), new Holdings());
  for (let round = 0; round < 50; round += 1) {
    const pollable = new Pollable(
      () => false,
      () => never,
    );
    await poll([pollable, clock.subscribeDuration(5_000_000n)]);
  }
  expect(then).toHaveBeenCalledTimes(1);
});

test('what fields hold is counted from their making to their end', () => {
  const holdings = new Holdings();
  const fields = Fields.fromList([['a', value(1000)]], holdings);
  const copy = fields.clone();
  expect(holdings.bytes).toBe(2 * (1 + 1000 + 40));
  copy.set('a', [value(1)]);
  copy.append('b', value(1));
  copy.delete('b');
  expect(holdings.bytes).toBe(1041 + 42);
  copy[Symbol.dispose]();
  fields[Symbol.dispose]();
  expect(holdings.bytes).toBe(0);
  expect(() => Fields.fromList([['a', value(mostFieldBytes)]], holdings)).toThrow(WebAssembly.RuntimeError);
  expect(() =>
    Fields.fromList(
      [
        ['a', value(9)],
        ['b c', value(1)],
      ],
      holdings,
    ),
  ).toThrow();
  expect(holdings.bytes).toBe(0);
  expect(Fields.fromList([['a', value(mostFieldBytes - 41)]], holdings).has('A')).toBe(true);
});

test('a guest holds 256 MiB at most', () => {
  const holdings = new Holdings();
  holdings.take(mostHeldBytes);
  expect(() => holdings.take(1)).toThrow(/at most 268435456 are allowed/);
  holdings.release();
  holdings.take(1);
});

test('what a guest leaves behind is freed when it ends, not when its thread collects garbage', () => {
  const holdings = new Holdings();
  const [field, replaced, body, sent, small] = [100_000, 100_000, 1_000_000, 1_000_000, 100].map(value);
  if (field === undefined || replaced === undefined || body === undefined || sent === undefined)
    throw new Error();
  const fields = Fields.fromList([['a', field]], holdings);
  fields.clone().set('b', [small ?? field]);
  const others = new Fields(holdings);
  others.set('a', [replaced]);
  others.delete('a');
  new BodyWriter(undefined, 'HTTP-response-body-size', holdings).write(body);
  const answer = new BodyWriter(undefined, 'HTTP-response-body-size', holdings);
  answer.write(sent);
  const written: Uint8Array[] = [];
  answer.connect({ write: (bytes) => void written.push(bytes) } as ResponseSink);
  expect(field.length).toBe(100_000);
  holdings.release();
  // Their buffers are gone.
  expect([field.length, replaced.length, body.length]).toEqual([0, 0, 0]);
  // What has been handed on is not the guest's any more.
  expect(written.map(({ length }) => length)).toEqual([1_000_000]);
});

test('a request opens a thousand different buckets, each as often as it likes', () => {
  const holdings = new Holdings();
  for (let index = 0; index < mostBuckets; index += 1) noteOpened(`bucket ${index}`, holdings);
  noteOpened('bucket 7', holdings);
  expect(() => noteOpened('one more', holdings)).toThrow(/at most 1000 different buckets/);
  holdings.release();
  noteOpened('one more', holdings);
});

test('of a request’s operations the first and the last are kept, and how many were made between them', () => {
  const log = new TraceLog(tracedOperations());
  const trace = log.of(keyvalueOperations);
  const { get } = keyvalueOperations.operations;
  const read = (key: string) => trace.note(get, 'b', key, [true], undefined, 0);
  const made = 10_000;
  for (let index = 0; index < made; index += 1) read(`k${index}`);
  const packed = log.take();
  const operations = recordsOf(packed);
  expect(operations.length).toBeLessThan(3 * defaultBounds.records);
  expect(operations.length + packed.omitted).toBe(made);
  expect(operations.at(0)).toMatchObject({ operation: get, item: 'k0' });
  expect(operations.at(-1)).toMatchObject({ operation: get, item: `k${made - 1}` });
  for (let index = 0; index < 100; index += 1) read('k'.repeat(70_000));
  const long = log.take();
  expect(long.text.length).toBeLessThan(3 * (defaultBounds.text + 70_000));
  expect(recordsOf(long).length + long.omitted).toBe(100);
  read('k');
  expect(log.take()).toMatchObject({ omitted: 0 });
});

/** What a guest logs, where whoever reads it has taken all but what `window` says. */
function loggedBy(least: LeastLevel, window = new OutputWindow()) {
  const told: GuestLog[] = [];
  const trace = new TraceLog(tracedOperations());
  trace.begin();
  const guest = {
    output: window,
    trace,
    log(message: GuestLog): void {
      told.push(message);
      window.printed(sizeOfLog(message));
    },
  };
  const { log } = logging(guest, least)['wasi:logging/logging'] as {
    log(level: string, context: string, message: string): Promise<void> | undefined;
  };
  return { log, told, trace };
}

test('of a long log message the beginning is taken, and recorded less of it', () => {
  const { log, told, trace } = loggedBy('trace');
  log('info', 'context', 'm');
  expect(told).toEqual([{ level: 'info', context: 'context', message: 'm' }]);
  log('info', 'c'.repeat(5000), `a${'😀'.repeat(longestMessage)}`);
  expect(told[1]?.message.length).toBeLessThan(longestMessage + 200);
  expect(told[1]?.message).toMatch(/😀… \(131073 characters in all\)$/);
  expect(told[1]?.context).toMatch(/^c{1024}… \(5000 characters in all\)$/);
  expect(trace.take().text.length).toBeLessThan(5000);
});

test('what a guest logs below the least level is not taken', () => {
  const levels = ['trace', 'debug', 'info', 'warn', 'error', 'critical'];
  const takenFrom = (least: LeastLevel): string[] => {
    const { log, told } = loggedBy(least);
    for (const level of levels) log(level, '', 'm');
    return told.map(({ level }) => level);
  };
  expect(takenFrom('trace')).toEqual(levels);
  expect(takenFrom('warn')).toEqual(['warn', 'error', 'critical']);
  expect(takenFrom('off')).toEqual([]);
});

test('a guest that logs waits while nobody reads', async () => {
  const window = new OutputWindow();
  const { log, told } = loggedBy('trace', window);
  let waiting: Promise<void> | undefined;
  while (waiting === undefined) waiting = log('info', '', 'x'.repeat(10_000));
  expect(told.length).toBeLessThan(30);
  const before = told.length;
  window.taken(told.reduce((sum, message) => sum + sizeOfLog(message), 0));
  await waiting;
  expect(told).toHaveLength(before + 1);
});

test('of the text of an error the beginning is shown', () => {
  const refused: ErrorCode[] = [];
  const refuse = (error: ErrorCode): void => void refused.push(error);
  const outparam = new ResponseOutparam({ refuse } as unknown as ConstructorParameters<
    typeof ResponseOutparam
  >[0]);
  const set = (val: string | undefined): void =>
    ResponseOutparam.set(outparam, { tag: 'err', val: { tag: 'internal-error', val } });
  set('short');
  set(undefined);
  set('x'.repeat(10_000_000));
  expect(refused).toEqual([
    { tag: 'internal-error', val: 'short' },
    { tag: 'internal-error', val: undefined },
    { tag: 'internal-error', val: `${'x'.repeat(1024)}…` },
  ]);
});
