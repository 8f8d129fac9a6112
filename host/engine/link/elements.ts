import type { GuestMemory } from '../abi/guest-memory.ts';
import { layoutOf } from '../abi/layout.ts';
import { Lift } from '../abi/lift.ts';
import { Lower } from '../abi/lower.ts';
import type { ResourceKinds } from '../abi/resource-kinds.ts';
import type { Side } from '../abi/side.ts';
import { Source } from '../abi/source.ts';
import type { StringEncoding } from '../abi/string-encoding.ts';
import type { AsyncTable, AsyncType } from '../async/async-table.ts';
import type { Elements } from '../async/guest-buffer.ts';
import type { WitType } from '../decode/wit-type.ts';
import type { Handles } from './handles.ts';
import { runtime } from './runtime.ts';

/** Makes the elements of a stream or future for one instance. */
export type ElementsFactory = (
  memory: GuestMemory | undefined,
  handles: Handles,
  table: AsyncTable,
  types: readonly AsyncType[],
) => Elements;

/** What was loaded last of elements without a type. */
let lastUnits: readonly undefined[] = [];

/** Elements without a type: only how many there are matters. */
const units: Elements = {
  size: 0,
  range: (pointer) => pointer >>> 0,
  load(_pointer, count) {
    if (lastUnits.length !== count) lastUnits = new Array<undefined>(count).fill(undefined);
    return lastUnits;
  },
  store: () => {},
};

/** Compiles the reading and writing of elements of a type. Throws `UnsupportedType`. */
export function compileElements(
  type: WitType | undefined,
  kinds: ResourceKinds,
  encoding: StringEncoding,
): ElementsFactory {
  if (type === undefined) return () => units;
  if (type.kind === 'u8') return (memory) => bytesIn(needed(memory));
  const { size, align } = layoutOf(type);
  const side: Side = { memory: 'm', handles: 'h', table: 'a', encoding, kinds };
  const load = new Source();
  const value = new Lift(load, side).memory(type, 'p', 0);
  const store = new Source();
  new Lower(store, side).memory(type, 'v', 'p', 0);
  const text = [
    "'use strict'; return {",
    'load(p, n) { m.refresh(); const all = [];',
    `for (let i = 0; i < n; i += 1, p += ${size}) {\n${load}\nall.push(${value}); } return all; },`,
    `store(p, all) { m.refresh(); for (const v of all) { m.target(p, ${size}, ${align});\n${store}\np += ${size}; } } };`,
  ].join('\n');
  const make = new Function('m', 'h', 'a', 't', 'r', text) as (
    memory: GuestMemory,
    handles: Handles,
    table: AsyncTable,
    types: readonly AsyncType[],
    helpers: typeof runtime,
  ) => Pick<Elements, 'load' | 'store'>;
  return (given, handles, table, types) => {
    const memory = needed(given);
    const range = (pointer: number, count: number): number => {
      memory.refresh();
      return memory.range(pointer, count * size, align);
    };
    return { size, range, ...make(memory, handles, table, types, runtime) };
  };
}

function bytesIn(memory: GuestMemory): Elements {
  return {
    size: 1,
    range(pointer, count) {
      memory.refresh();
      return memory.range(pointer, count, 1);
    },
    load(pointer, count) {
      memory.refresh();
      return memory.lentBytes(pointer, count);
    },
    store(pointer, chunk) {
      memory.refresh();
      memory.target(pointer, chunk.length, 1);
      memory.u8.set(chunk as Uint8Array, pointer);
    },
  };
}

function needed(memory: GuestMemory | undefined): GuestMemory {
  if (memory === undefined) throw new TypeError('a stream or future has no memory for its elements');
  return memory;
}
