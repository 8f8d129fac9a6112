import fc from 'fast-check';
import { type CoreType, layoutOf } from '../../host/engine/abi/layout.ts';
import type { FunctionType, WitType } from '../../host/engine/decode/wit-type.ts';
import { runStreams, streamRuns } from './fuzz-streams.ts';
import { Guest, spilled } from './guest.ts';
import { types, valuesOf } from './random-types.ts';

const resource: WitType = { kind: 'resource' };
const params = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: types },
    { weight: 1, arbitrary: fc.constant<WitType>({ kind: 'own', resource }) },
    { weight: 1, arbitrary: fc.constant<WitType>({ kind: 'borrow', resource }) },
  ),
  { minLength: 1, maxLength: 6 },
);

/** Numbers at which mistakes are made: ends of memory, of pages, of types, and small ones. */
const i32 = fc.oneof(
  fc.integer({ min: 0, max: 40 }),
  fc.integer(),
  fc.constantFrom(65535, 65536, 65532, 65528, 65537, 0x7fffffff, -1, -2, -0x80000000, 0xd800, 0x110000),
);
const flatOf: Readonly<Record<CoreType, fc.Arbitrary<number | bigint>>> = {
  i32,
  i64: fc.oneof(i32.map(BigInt), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  f32: fc.float(),
  f64: fc.double(),
};

/** A guest calls the host with anything at all, its memory full of anything. */
const lifting = params.chain((list) => {
  const { flat } = layoutOf({ kind: 'tuple', of: list });
  const cores: readonly CoreType[] = flat.length > 16 ? ['i32'] : flat;
  return fc.record({
    list: fc.constant(list),
    flats: fc.tuple(...cores.map((core) => flatOf[core])),
    words: fc.array(i32, { minLength: 1, maxLength: 64 }),
  });
});

/** The host answers a guest whose allocator answers anything at all. */
const lowering = types.chain((type) =>
  fc.record({
    type: fc.constant(type),
    value: valuesOf(type),
    at: fc.oneof(fc.constant(64), i32),
    addresses: fc.array(fc.option(i32, { nil: undefined }), { maxLength: 4 }),
  }),
);

/** One round of fuzzing. Answers why it is wrong, or nothing. */
export type FuzzCase = () => string | undefined;

export const fuzzCases: fc.Arbitrary<FuzzCase> = fc.oneof(
  lifting.map(
    ({ list, flats, words }) =>
      () =>
        lift(list, flats, words),
  ),
  lowering.map(
    ({ type, value, at, addresses }) =>
      () =>
        lower(type, value, at, addresses),
  ),
  streamRuns.map((run) => () => runStreams(run)),
);

function lift(list: readonly WitType[], flats: readonly unknown[], words: readonly number[]) {
  const guest = new Guest();
  guest.handles.own(0, {});
  const memory = new Int32Array(guest.memory.buffer);
  for (let index = 0; index < memory.length; index += 1) memory[index] = words[index % words.length] ?? 0;
  const before = new Uint8Array(guest.memory.buffer).slice();
  const named = list.map((type, index) => ({ name: `p-${index}`, type }));
  const type: FunctionType = { isAsync: false, params: named, result: undefined };
  const reason = attempt(() => guest.core(type, () => undefined)(...flats));
  if (reason !== undefined) return reason;
  const after = new Uint8Array(guest.memory.buffer);
  return Buffer.compare(before, after) === 0 ? undefined : 'taking parameters changed the memory';
}

function lower(
  type: WitType,
  value: unknown,
  at: number,
  addresses: readonly (number | undefined)[],
): string | undefined {
  let calls = 0;
  const guest = new Guest((address) => addresses[calls++ % Math.max(1, addresses.length)] ?? address);
  const whole = spilled(type);
  const before = new Uint8Array(guest.memory.buffer).fill(0xa5).slice();
  const answer = [value, ...new Array<number>(17).fill(0)];
  const give = guest.core({ isAsync: false, params: [], result: whole }, () => answer);
  const reason = attempt(() => give(at));
  if (reason !== undefined) return reason;
  const after = new Uint8Array(guest.memory.buffer);
  const start = at >>> 0;
  const allowed = [...guest.blocks, { start, end: start + layoutOf(whole).size }];
  for (let index = 0; index < before.length; index += 1) {
    if (after[index] === before[index]) continue;
    const isAllowed = allowed.some(
      (block) => index >= block.start >>> 0 && index < (block.start >>> 0) + (block.end - block.start),
    );
    if (!isAllowed) return `byte ${index} was changed, which nobody allocated`;
  }
  return undefined;
}

/** A trap is right; any other error is a fault of the host. */
function attempt(call: () => unknown): string | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return undefined;
    return `the host threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
}
