import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GuestMemory } from '../../host/engine/abi/guest-memory.ts';
import type { LinkPlan } from '../../host/engine/link/link-plan.ts';
import { makeResettable, type Resettable } from '../../host/engine/reset/prepare.ts';
import { isZero } from '../../host/engine/reset/pristine-image.ts';
import { newKnowledge, Snapshot } from '../../host/engine/reset/snapshot.ts';
import { rounds } from '../support/rounds.ts';

const pageSize = 65536;
const stackTop = 32768;
const partSize = 4096;

const plain = [
  ['i32.store', 'i32'],
  ['i32.store8', 'i32'],
  ['i32.store16', 'i32'],
  ['i64.store', 'i64'],
  ['i64.store8', 'i64'],
  ['i64.store16', 'i64'],
  ['i64.store32', 'i64'],
  ['f32.store', 'f32'],
  ['f64.store', 'f64'],
  ['v128.store', 'v128'],
] as const;
const workers = ['v128.store8_lane', 'v128.store16_lane', 'v128.store32_lane', 'v128.store64_lane'] as const;
const offsets = [0, 1, 5, 4095, 70_000] as const;
const ones = { i32: 'i32.const -1', i64: 'i64.const -1', f32: 'f32.const -1', f64: 'f64.const -1' } as const;
const vector = 'v128.const i32x4 -1 -1 -1 -1';

/** Each takes an address, which some do not use, and a length. */
const writers: readonly string[] = [
  ...plain.flatMap(([name, type]) =>
    offsets.map((offset) => {
      const value = type === 'v128' ? vector : ones[type];
      return `(${name} offset=${offset} align=1 (local.get $a) (${value}))`;
    }),
  ),
  ...workers.flatMap((name) =>
    offsets.map((offset) => `(${name} offset=${offset} align=1 0 (local.get $a) (${vector}))`),
  ),
  '(memory.fill (local.get $a) (i32.const 255) (local.get $n))',
  '(memory.copy (local.get $a) (i32.const 32768) (local.get $n))',
  '(memory.init $passive (local.get $a) (i32.const 0) (i32.const 8))',
  // The value is computed between the address and the store, by what may not be followed.
  '(i32.store offset=3 align=1 (local.get $a) (call $one))',
  '(i32.store offset=3 align=1 (if (result i32) (local.get $n) (then (local.get $a)) (else (i32.const 40000))) (i32.const 7))',
  // A store that leaves the frame it begins in.
  'frame (i32.store offset=40 align=1 (local.get $f) (i32.const -1))',
  'frame (i32.store offset=100000 align=1 (local.get $f) (i32.const -1))',
  'frame (i32.store offset=62 align=1 (local.get $f) (i32.const -1))',
  'frame (i64.store offset=8 (local.get $f) (i64.load (local.get $a)))',
  'frame (local.set $f (local.get $a)) (i32.store offset=8 align=1 (local.get $f) (i32.const -1))',
  'frame (local.get $f) (local.get $a) (i32.const 9) (i32.store8) (i32.const -1) (i32.store)',
  'frame (global.set $other (local.get $a)) (i32.store (call $kept (local.get $f)) (i32.const -1))',
  'frame (i32.store (i32.add (local.get $f) (local.get $a)) (i32.const -1))',
  'frame (i32.store (select (local.get $a) (local.get $f) (local.get $n)) (i32.const -1))',
  // A stack pointer where no stack is.
  'frame (global.set $__stack_pointer (local.get $a)) (call $framed)',
  '(i32.store (i32.sub (global.get $__stack_pointer) (i32.const 16)) (i32.const -1))',
  '(drop (memory.grow (i32.const 1))) (i32.store8 (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 1)) (i32.const -1))',
  '(global.set $other (local.get $a))',
];

function writeModule(pages: number): string {
  const functions = writers.map((writer, index) => {
    // As a compiler begins a function that has a frame of 64 bytes.
    const begin = writer.startsWith('frame ')
      ? '(global.set $__stack_pointer (local.tee $f (i32.sub (global.get $__stack_pointer) (i32.const 64))))'
      : '';
    return `(func (export "write${index}") (param $a i32) (param $n i32) (local i64) (local $f i32)
      ${begin} ${writer.replace('frame ', '')})`;
  });
  return `(module
    (memory (export "memory") ${pages})
    (global $__stack_pointer (mut i32) (i32.const ${stackTop}))
    (global $other (mut i32) (i32.const 1))
    (data (i32.const ${stackTop}) "some text at the lower end of the data")
    (data (i32.const ${stackTop + 2 * partSize - 4}) "across the end of a part")
    (data (i32.const ${pages * pageSize - 2 * partSize - 4}) "at the upper end")
    (data $passive "\\01\\02\\03\\04\\05\\06\\07\\08")
    (func $one (result i32) (i32.const 1))
    (func $kept (param i32) (result i32) (global.get $other))
    (func $framed (local $f i32)
      (global.set $__stack_pointer (local.tee $f (i32.sub (global.get $__stack_pointer) (i32.const 64))))
      (i32.store offset=16 align=1 (local.get $f) (i32.const -1)))
    ${functions.join('\n')})`;
}

async function madeResettable(pages: number): Promise<Resettable> {
  const binary = (await parse(writeModule(pages))) as Uint8Array<ArrayBuffer>;
  const plan: LinkPlan = {
    modules: [binary],
    instances: [{ kind: 'module', module: 0, imports: [] }],
    functions: [],
    tables: [],
    memories: [],
    globals: [],
    exports: [],
    tags: [],
    components: [],
    resources: new Map(),
  };
  const made = makeResettable(plan, { notes: true });
  if ('problem' in made) throw new Error(made.problem);
  // Without it nothing would be told apart from the stack.
  expect(made.plan.memories[0]?.stackTop).toBe(stackTop);
  return made;
}

/** Requests to a guest with so many pages. */
function requestsTo(pages: number): fc.Arbitrary<readonly Request[]> {
  const parts = (pages * pageSize) / partSize;
  const address = fc.oneof(
    fc.integer({ min: stackTop, max: pages * pageSize - 1 }),
    fc
      .tuple(fc.integer({ min: 8, max: parts - 1 }), fc.integer({ min: -17, max: 17 }))
      .map(([part, by]) => Math.max(stackTop, part * partSize + by)),
  );
  const write = fc.record({
    writer: fc.nat({ max: writers.length - 1 }),
    address,
    length: fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: 9000 }), fc.nat({ max: 140_000 })),
  });
  const request = fc.record({
    writes: fc.array(write, { minLength: 1, maxLength: 4 }),
    byHost: fc.option(write, { nil: undefined }),
  });
  return fc.array(request, { minLength: 1, maxLength: 3 });
}

interface Write {
  readonly writer: number;
  readonly address: number;
  readonly length: number;
}

interface Request {
  readonly writes: readonly Write[];
  readonly byHost: Write | undefined;
}

test.each([{ pages: 3 }, { pages: 70 }])(
  'whatever a guest of $pages pages and the host write, the instance is as it was',
  async ({ pages }) => {
    const resettable = await madeResettable(pages);
    const [binary] = resettable.modules;
    if (binary === undefined) throw new Error('there is a module');
    const module = new WebAssembly.Module(binary);
    let done = 0;
    fc.assert(
      fc.property(requestsTo(pages), (requests) => {
        const instance = new WebAssembly.Instance(module);
        const touched = {};
        const memory = instance.exports.memory as WebAssembly.Memory;
        const snapshot = new Snapshot(
          { cores: [instance], components: [], touched: new Map([[memory, touched]]) },
          resettable.plan,
          newKnowledge(),
        );
        const host = new GuestMemory(memory, undefined, touched);
        const first = new Uint8Array(memory.buffer).slice();
        const globals = globalsOf(instance);
        for (const { writes, byHost } of requests) {
          for (const { writer, address: at, length } of writes) {
            const call = instance.exports[`write${writer}`] as (at: number, length: number) => void;
            try {
              call(at, length);
              done += 1;
            } catch (error) {
              if (!(error instanceof WebAssembly.RuntimeError)) throw error;
            }
          }
          host.refresh();
          if (byHost !== undefined && byHost.address + byHost.length < pages * pageSize) {
            const at = host.target(byHost.address, byHost.length, 1);
            host.u8.fill(255, at, at + byHost.length);
          }
          expect(snapshot.restore()).toBe(true);
          const bytes = new Uint8Array(memory.buffer);
          expect(Buffer.compare(bytes.subarray(0, first.length), first)).toBe(0);
          expect(isZero(bytes, first.length, bytes.length)).toBe(true);
          expect(globalsOf(instance)).toEqual(globals);
        }
      }),
      { numRuns: rounds.resets, seed: 20261121 },
    );
    expect(done, 'most writes are within the memory').toBeGreaterThan(2.5 * rounds.resets);
  },
);

function globalsOf({ exports }: WebAssembly.Instance): unknown[] {
  return Object.values(exports).flatMap((item) => (item instanceof WebAssembly.Global ? [item.value] : []));
}
