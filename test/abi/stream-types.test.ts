import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Chunk } from '../../host/engine/async/chunk.ts';
import { HostFuture, readFuture } from '../../host/engine/async/host-future.ts';
import { HostSource } from '../../host/engine/async/host-source.ts';
import type { ReadableFuture } from '../../host/engine/async/shared-future.ts';
import type { ReadableStream } from '../../host/engine/async/shared-stream.ts';
import { StreamReader } from '../../host/engine/async/stream-reader.ts';
import type { WitType } from '../../host/engine/decode/wit-type.ts';
import { rounds } from '../support/rounds.ts';
import { linkedAsync } from './linked.ts';
import { moreTypes, valuesOf } from './random-types.ts';
import { echoFuture, echoStream, passOn } from './stream-components.ts';

const seed = 20261130;
const values = 3;
/** The component model has no streams of characters. */
const elements = moreTypes.filter(({ kind }) => kind !== 'char');
const dealing = fc.record({
  encoding: fc.constantFrom('utf8', 'utf16', 'latin1+utf16'),
  piece: fc.integer({ min: 1, max: 5 }),
});
const sampled = fc.sample(fc.tuple(elements, dealing, dealing), { seed, numRuns: rounds.streamTypes });

/** Lists of values, as they come from streams: typed arrays are lists too. */
function listsOf(type: WitType): unknown[][] {
  const list = fc.array(valuesOf(type), { maxLength: 12 });
  return fc.sample(list, { seed, numRuns: values });
}

function plain(list: Iterable<unknown>): unknown[] {
  return [...list];
}

/** A stream of the host that gives up to `piece` elements at once, some of them later. */
function sourceOf(type: WitType, list: readonly unknown[], piece: number): HostSource {
  let at = 0;
  return new HostSource({
    read(most) {
      const given = list.slice(at, at + Math.min(most, piece));
      at += given.length;
      const chunk: Chunk = type.kind === 'u8' ? Uint8Array.from(given as number[]) : given;
      const answer = given.length === 0 ? undefined : chunk;
      return at % 2 === 0 ? answer : Promise.resolve(answer);
    },
  });
}

/** Reads a stream of a guest to its end. */
async function readAll(stream: ReadableStream, piece: number): Promise<unknown[]> {
  const reader = new StreamReader(stream);
  const all: unknown[] = [];
  for (;;) {
    const chunk = await new Promise<Chunk | undefined>((resolve) => reader.read(piece, resolve));
    if (chunk === undefined) return all;
    all.push(...chunk);
  }
}

test('what the host writes to a stream comes back from a guest as it was', { timeout: 240_000 }, async () => {
  for (const [type, { encoding, piece }, { piece: own }] of sampled) {
    const component = await linkedAsync(echoStream(type, { encoding, piece }));
    for (const list of listsOf(type)) {
      let read: Promise<unknown[]> | undefined;
      await component.call([sourceOf(type, list, own)], (result) => {
        read = readAll(result as ReadableStream, own);
      });
      expect(await read, JSON.stringify(type)).toEqual(list);
      component.reset();
    }
  }
});

test('what the host writes to a future comes back from a guest as it was', { timeout: 240_000 }, async () => {
  for (const [type, { encoding }] of sampled) {
    const component = await linkedAsync(echoFuture(type, encoding));
    for (const value of fc.sample(valuesOf(type), { seed, numRuns: values })) {
      let read: Promise<unknown> | undefined;
      await component.call([new HostFuture(() => Promise.resolve(value))], (result) => {
        read = new Promise((resolve) => readFuture(result as ReadableFuture, resolve));
      });
      expect(await read, JSON.stringify(type)).toEqual(value);
      component.reset();
    }
  }
});

test('what one guest gives another by a stream comes back by another one as it was', {
  timeout: 240_000,
}, async () => {
  for (const [type, inner, outer] of sampled) {
    const component = await linkedAsync(passOn(type, inner, outer));
    for (const list of listsOf(type)) {
      const result = (await component.call([list])) as Iterable<unknown>;
      expect(plain(result), JSON.stringify(type)).toEqual(list);
      component.reset();
    }
  }
});

const text: WitType = { kind: 'string' };
const later = new Promise((resolve) => setTimeout(() => resolve('text'), 5));

test('a guest without room for what comes later from the host traps, and nothing else does', async () => {
  const noRoom = (component: string): string =>
    component.replace('(global.set $end (i32.and', 'unreachable (global.set $end (i32.and');
  const future = await linkedAsync(noRoom(echoFuture(text, 'utf8')));
  await expect(future.call([new HostFuture(() => later)])).rejects.toThrow(/unreachable/);
  const stream = await linkedAsync(noRoom(echoStream(text, { encoding: 'utf8', piece: 1 })));
  const source = new HostSource({ read: async () => ['text'] });
  await expect(stream.call([source])).rejects.toThrow(/unreachable/);
});

test('a guest traps that has written what is wrong, also where the host reads it later', async () => {
  // The future's element lies at 1024, and the guest writes a text there that is outside of its memory.
  const wrong = (component: string, write: string): string =>
    component.replace(write, `(i32.store (i32.const 1028) (i32.const -1)) ${write}`);
  const future = await linkedAsync(wrong(echoFuture(text, 'utf8'), '(drop (call $write '));
  const came: unknown[] = [];
  const called = future.call([new HostFuture(() => 'text')], (result) => {
    setTimeout(() => readFuture(result as ReadableFuture, (value) => came.push(value)), 5);
  });
  await expect(called).rejects.toThrow(/outside of memory/);
  expect(came).toEqual([]);
});

test('as many elements as there may be are moved at once, and take no memory of the host', async () => {
  const component = await linkedAsync(passUnits);
  const before = process.memoryUsage().rss;
  expect(await component.call()).toBe(2 ** 28 - 1);
  expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
});

/** Writes and reads as many elements without a type as may be moved at once, and answers how many came. */
const passUnits = `(component
  (type $T (stream))
  (core func $new (canon stream.new $T))
  (core func $read (canon stream.read $T async))
  (core func $write (canon stream.write $T async))
  (core func $return (canon task.return (result u32)))
  (core module $M
    (import "" "new" (func $new (result i64)))
    (import "" "read" (func $read (param i32 i32 i32) (result i32)))
    (import "" "write" (func $write (param i32 i32 i32) (result i32)))
    (import "" "return" (func $return (param i32)))
    (memory (export "memory") 1)
    (func (export "run") (local $ends i64)
      (local.set $ends (call $new))
      (drop (call $write (i32.wrap_i64 (i64.shr_u (local.get $ends) (i64.const 32))) (i32.const 0) (i32.const 0x0fffffff)))
      (call $return (i32.shr_u (call $read (i32.wrap_i64 (local.get $ends)) (i32.const 0) (i32.const 0x0fffffff)) (i32.const 4)))))
  (core instance $m (instantiate $M (with "" (instance (export "new" (func $new)) (export "read" (func $read))
    (export "write" (func $write)) (export "return" (func $return))))))
  (func (export "run") async (result u32) (canon lift (core func $m "run") async)))`;
