import fc from 'fast-check';
import { GuestMemory } from '../../host/engine/abi/guest-memory.ts';
import { ResourceKinds } from '../../host/engine/abi/resource-kinds.ts';
import type { AsyncType } from '../../host/engine/async/async-table.ts';
import type { BuiltIns, Copy } from '../../host/engine/async/built-ins.ts';
import type { Chunk } from '../../host/engine/async/chunk.ts';
import { ReadableFutureEnd, WritableFutureEnd } from '../../host/engine/async/future-end.ts';
import type { Elements } from '../../host/engine/async/guest-buffer.ts';
import { HostFuture, readFuture } from '../../host/engine/async/host-future.ts';
import { HostSource } from '../../host/engine/async/host-source.ts';
import { Schedule } from '../../host/engine/async/schedule.ts';
import { ReadableStreamEnd, WritableStreamEnd } from '../../host/engine/async/stream-end.ts';
import { StreamReader } from '../../host/engine/async/stream-reader.ts';
import { Task } from '../../host/engine/async/task.ts';
import type { WitType } from '../../host/engine/decode/wit-type.ts';
import { ComponentState } from '../../host/engine/link/component-state.ts';
import { compileElements } from '../../host/engine/link/elements.ts';
import { types, valuesOf } from './random-types.ts';

const pageSize = 65536;

/** What a guest does next. `guest` is one of two, handles are small or anything, and the type is one of two. */
export interface StreamStep {
  readonly guest: number;
  readonly does: (typeof operations)[number];
  readonly handle: number;
  readonly other: number;
  readonly pointer: number;
  readonly length: number;
}

const operations = [
  'new stream',
  'new future',
  'read stream',
  'write stream',
  'read future',
  'write future',
  'cancel',
  'drop',
  'new set',
  'drop set',
  'join',
  'poll',
  'give stream',
  'give future',
  'give stream to the host',
  'give future to the host',
  'stream of the host',
  'future of the host',
] as const;

const i32 = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 9 }) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 0x7fffffff, 0x10000000, 0x0fffffff, 65535, 65536, 100_000) },
);
const step: fc.Arbitrary<StreamStep> = fc.record({
  guest: fc.nat(1),
  does: fc.constantFrom(...operations),
  handle: i32,
  other: i32,
  pointer: fc.oneof({ weight: 6, arbitrary: fc.nat(4095).map((at) => at * 8) }, i32),
  length: i32,
});

/** Two guests that do anything at all with streams and futures of two types, and with each other and the host. */
export const streamRuns = types.chain((type) =>
  fc.record({
    elements: fc
      .constantFrom<WitType>({ kind: 'u8' }, { kind: 'u32' }, { kind: 'string' })
      .map((other) => [type, other] as const),
    /** What the host gives of the first type; of the other one, what is right for all. */
    given: valuesOf(type),
    howMany: fc.nat(5),
    words: fc.array(fc.oneof(i32, fc.integer()), { minLength: 1, maxLength: 32 }),
    hasRoom: fc.boolean(),
    steps: fc.array(step, { minLength: 1, maxLength: 60 }),
  }),
);

type StreamRun = typeof streamRuns extends fc.Arbitrary<infer Run> ? Run : never;

/** A type of element, as both guests have it. */
interface Kind {
  readonly stream: AsyncType;
  readonly future: AsyncType;
}

/** One of the guests: its memory, whose lower half the test fills, and what it may have written to it. */
class StreamGuest {
  readonly state: ComponentState;
  readonly memory = new WebAssembly.Memory({ initial: 1 });
  readonly before: Uint8Array;
  readonly writable: { readonly start: number; readonly end: number }[] = [];
  readonly elements: readonly Elements[];
  readonly owner: GuestMemory;
  #end = pageSize / 2;

  constructor(
    schedule: Schedule,
    { elements, words, hasRoom }: StreamRun,
    kinds: ResourceKinds,
    asyncTypes: readonly AsyncType[],
  ) {
    this.state = new ComponentState(schedule);
    const all = new Int32Array(this.memory.buffer);
    for (let index = 0; index < all.length; index += 1) all[index] = words[index % words.length] ?? 0;
    this.before = new Uint8Array(this.memory.buffer).slice();
    this.owner = new GuestMemory(
      this.memory,
      (_pointer, _size, align, size) => {
        const start = Math.ceil(this.#end / align) * align;
        this.#end = start + size;
        if (hasRoom && this.#end <= pageSize) this.writable.push({ start, end: start + size });
        return hasRoom ? start : start + 12_345;
      },
      {},
    );
    const { handles, async: state } = this.state;
    if (state === undefined) throw new TypeError('the guest has no tasks');
    this.elements = elements.map((type) =>
      compileElements(type, kinds, 'utf8')(this.owner, handles, state.table, asyncTypes),
    );
  }

  get builtIns(): BuiltIns {
    return this.asynchronous.builtIns;
  }

  get asynchronous(): NonNullable<ComponentState['async']> {
    const { async: state } = this.state;
    if (state === undefined) throw new TypeError('the guest has no tasks');
    return state;
  }
}

/** A trap is right, and ends both guests; any other error is a fault of the host. Answers why a run is wrong, or nothing. */
export function runStreams(run: StreamRun): string | undefined {
  const schedule = new Schedule();
  const resources = new ResourceKinds();
  const kinds: Kind[] = run.elements.map((of) => {
    const [stream, future] = [
      { kind: 'stream', of },
      { kind: 'future', of },
    ] as const;
    const numbers = [resources.ofAsync(stream as WitType & { kind: 'stream' }), resources.ofAsync(future)];
    const [ofStream, ofFuture] = numbers.map((number) => resources.asyncTypes[number]);
    if (ofStream === undefined || ofFuture === undefined) throw new TypeError('a type has no number');
    return { stream: ofStream, future: ofFuture };
  });
  const guests = [0, 1].map(() => new StreamGuest(schedule, run, resources, resources.asyncTypes));
  let hasFailed = false;
  for (const { asynchronous } of guests)
    asynchronous.fail = () => {
      hasFailed = true;
    };
  try {
    for (const one of run.steps) {
      const guest = guests[one.guest];
      const other = guests[1 - one.guest];
      if (guest === undefined || other === undefined || hasFailed) break;
      schedule.enter(guest.asynchronous.tasks, task(), guest.asynchronous.tasks.around);
      perform(one, guest, other, kinds, run);
      schedule.leave();
    }
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) {
      return `the host threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    }
  }
  for (const { asynchronous } of guests) asynchronous.clear();
  for (const { asynchronous } of guests) asynchronous.abandon();
  return guests.map(strayByte).find((reason) => reason !== undefined);
}

function perform(
  { does, handle, other: second, pointer, length }: StreamStep,
  guest: StreamGuest,
  other: StreamGuest,
  kinds: readonly Kind[],
  run: StreamRun,
): void {
  const { builtIns, asynchronous } = guest;
  const which = second & 1;
  const kind = kinds[which];
  const elements = guest.elements[which];
  if (kind === undefined || elements === undefined) return;
  const copy = (type: AsyncType): Copy => ({ type, elements, isAsync: true });
  const mayWrite = (count: number): void => {
    const start = pointer >>> 0;
    guest.writable.push({ start, end: start + (count >>> 0) * elements.size });
  };
  const { table } = asynchronous;
  switch (does) {
    case 'new stream':
      builtIns.newStream(kind.stream);
      return;
    case 'new future':
      builtIns.newFuture(kind.future);
      return;
    case 'read stream':
      mayWrite(length);
      builtIns.readStream(copy(kind.stream), handle, pointer, length);
      return;
    case 'write stream':
      builtIns.writeStream(copy(kind.stream), handle, pointer, length);
      return;
    case 'read future':
      mayWrite(1);
      builtIns.readFuture(copy(kind.future), handle, pointer);
      return;
    case 'write future':
      builtIns.writeFuture(copy(kind.future), handle, pointer);
      return;
    case 'cancel':
    case 'drop': {
      const ends = [ReadableStreamEnd, WritableStreamEnd, ReadableFutureEnd, WritableFutureEnd] as const;
      const end = ends[(second >>> 1) & 3] ?? ReadableStreamEnd;
      const type = ((second >>> 1) & 3) < 2 ? kind.stream : kind.future;
      if (does === 'cancel') builtIns.cancelCopy(end, type, true, handle);
      else builtIns.dropEnd(end, type, handle);
      return;
    }
    case 'new set':
      builtIns.newSet();
      return;
    case 'drop set':
      builtIns.dropSet(handle);
      return;
    case 'join':
      builtIns.join(handle, second);
      return;
    case 'poll':
      guest.writable.push({ start: pointer >>> 0, end: (pointer >>> 0) + 8 });
      builtIns.pollSet(false, guest.owner, handle, pointer);
      return;
    case 'give stream':
      other.asynchronous.table.lowerStream(kind.stream, table.liftStream(kind.stream, handle));
      return;
    case 'give future':
      other.asynchronous.table.lowerFuture(kind.future, table.liftFuture(kind.future, handle));
      return;
    case 'give stream to the host': {
      const reader = new StreamReader(table.liftStream(kind.stream, handle));
      const next = (chunk: Chunk | undefined, left: number): void => {
        if (chunk !== undefined && left > 0) reader.read(length >>> 0, (more) => next(more, left - 1));
        else reader.drop();
      };
      reader.read(length >>> 0, (chunk) => next(chunk, 3));
      return;
    }
    case 'give future to the host':
      readFuture(table.liftFuture(kind.future, handle), () => {});
      return;
    case 'stream of the host': {
      const given = new Array<unknown>(run.howMany).fill(elementOf(run, which));
      const isBytes = run.elements[which]?.kind === 'u8';
      const source = new HostSource({
        read(most) {
          const part = given.splice(0, Math.min(most, 2));
          if (part.length === 0) return undefined;
          return isBytes ? Uint8Array.from(part as number[]) : part;
        },
      });
      table.lowerStream(kind.stream, source);
      return;
    }
    case 'future of the host': {
      table.lowerFuture(kind.future, new HostFuture(() => elementOf(run, which)));
      return;
    }
  }
}

function elementOf({ elements, given }: StreamRun, which: number): unknown {
  if (which === 0) return given;
  return elements[1].kind === 'string' ? 'höy!' : 42;
}

/** One whose code runs, of an asynchronous function. */
function task(): Task {
  return new Task(
    { returned() {}, cancelled() {}, ended() {}, failed() {} },
    { isAsync: true, isExclusive: false, mayWait: true },
  );
}

function strayByte({ memory, before, writable }: StreamGuest): string | undefined {
  const after = new Uint8Array(memory.buffer);
  if (Buffer.compare(before, after) === 0) return undefined;
  for (let index = 0; index < before.length; index += 1) {
    if (after[index] === before[index]) continue;
    if (!writable.some(({ start, end }) => index >= start && index < end))
      return `byte ${index} was changed, for which the guest gave no room`;
  }
  return undefined;
}
