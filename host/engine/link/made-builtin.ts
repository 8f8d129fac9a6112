import type { GuestMemory } from '../abi/guest-memory.ts';
import { type CoreType, layoutOf } from '../abi/layout.ts';
import { Lift } from '../abi/lift.ts';
import type { ResourceKinds } from '../abi/resource-kinds.ts';
import { Source } from '../abi/source.ts';
import type { AsyncState } from '../async/async-state.ts';
import type { AsyncType } from '../async/async-table.ts';
import type { Copy } from '../async/built-ins.ts';
import type { BuiltinPlan } from '../async/builtin-plan.ts';
import { ReadableFutureEnd, WritableFutureEnd } from '../async/future-end.ts';
import { ReadableStreamEnd, WritableStreamEnd } from '../async/stream-end.ts';
import type { WitType } from '../decode/wit-type.ts';
import { compileElements } from './elements.ts';
import type { Handles } from './handles.ts';
import { writeParameters } from './import-function.ts';
import { runtime } from './runtime.ts';

/** What a built-in works on. */
export interface BuiltinContext {
  readonly state: AsyncState;
  readonly handles: Handles;
  readonly types: readonly AsyncType[];
  memory(memory: number | undefined, realloc: number | undefined): GuestMemory | undefined;
}

/** Makes a built-in of one instance. */
export type BuiltinFactory = (context: BuiltinContext) => WebAssembly.CoreFunction;

/** A built-in as core wasm sees it. */
export interface CompiledBuiltin {
  readonly factory: BuiltinFactory;
  readonly params: readonly CoreType[];
  readonly results: readonly CoreType[];
  /** It may let the guest wait on its stack. */
  readonly suspends: boolean;
}

const i32 = 'i32' as const;

/** Compiles a built-in. Throws `UnsupportedType`. */
export function compileBuiltin(plan: BuiltinPlan, kinds: ResourceKinds): CompiledBuiltin {
  const made = (
    params: readonly CoreType[],
    results: readonly CoreType[],
    factory: BuiltinFactory,
    suspends = false,
  ): CompiledBuiltin => ({ factory, params, results, suspends });
  switch (plan.name) {
    case 'backpressure.inc':
      return made(
        [],
        [],
        ({ state }) =>
          () =>
            state.builtIns.increaseBackpressure(),
      );
    case 'backpressure.dec':
      return made(
        [],
        [],
        ({ state }) =>
          () =>
            state.builtIns.decreaseBackpressure(),
      );
    case 'task.cancel':
      return made(
        [],
        [],
        ({ state }) =>
          () =>
            state.builtIns.taskCancel(),
      );
    case 'task.return':
      return compileReturn(plan, kinds);
    case 'context.get':
      return made(
        [],
        [i32],
        ({ state }) =>
          () =>
            state.builtIns.contextGet(plan.slot),
      );
    case 'context.set':
      return made(
        [i32],
        [],
        ({ state }) =>
          (value: number) =>
            state.builtIns.contextSet(plan.slot, value),
      );
    case 'subtask.drop':
      return made(
        [i32],
        [],
        ({ state }) =>
          (handle: number) =>
            state.builtIns.dropSubtask(handle),
      );
    case 'subtask.cancel':
      return made(
        [i32],
        [i32],
        ({ state }) =>
          (handle: number) =>
            state.builtIns.cancelSubtask(plan.isAsync, handle),
        !plan.isAsync,
      );
    case 'waitable-set.new':
      return made(
        [],
        [i32],
        ({ state }) =>
          () =>
            state.builtIns.newSet(),
      );
    case 'waitable-set.drop':
      return made(
        [i32],
        [],
        ({ state }) =>
          (handle: number) =>
            state.builtIns.dropSet(handle),
      );
    case 'waitable.join':
      return made(
        [i32, i32],
        [],
        ({ state }) =>
          (handle: number, set: number) =>
            state.builtIns.join(handle, set),
      );
    case 'waitable-set.wait':
    case 'waitable-set.poll': {
      const isWait = plan.name === 'waitable-set.wait';
      return made(
        [i32, i32],
        [i32],
        (context) => {
          const { builtIns } = context.state;
          const memory = needed(context.memory(plan.memory, undefined));
          return isWait
            ? (handle: number, pointer: number) =>
                builtIns.waitForSet(plan.isCancellable, memory, handle, pointer)
            : (handle: number, pointer: number) =>
                builtIns.pollSet(plan.isCancellable, memory, handle, pointer);
        },
        isWait,
      );
    }
    case 'thread.yield':
      return made(
        [],
        [i32],
        ({ state }) =>
          () =>
            state.builtIns.yield(plan.isCancellable),
        true,
      );
    case 'stream.new':
    case 'future.new': {
      const kind = asyncKind(plan.type, kinds);
      const isStream = plan.name === 'stream.new';
      return made([], ['i64'], ({ state, types }) => {
        const type = typeAt(types, kind);
        return isStream ? () => state.builtIns.newStream(type) : () => state.builtIns.newFuture(type);
      });
    }
    case 'stream.read':
    case 'stream.write':
    case 'future.read':
    case 'future.write':
      return compileCopy(plan, kinds);
    case 'stream.cancel-read':
    case 'stream.cancel-write':
    case 'future.cancel-read':
    case 'future.cancel-write': {
      const kind = asyncKind(plan.type, kinds);
      const end = ends[plan.name];
      return made(
        [i32],
        [i32],
        ({ state, types }) => {
          const type = typeAt(types, kind);
          return (handle: number) => state.builtIns.cancelCopy(end, type, plan.isAsync, handle);
        },
        !plan.isAsync,
      );
    }
    case 'stream.drop-readable':
    case 'stream.drop-writable':
    case 'future.drop-readable':
    case 'future.drop-writable': {
      const kind = asyncKind(plan.type, kinds);
      const end = ends[plan.name];
      return made([i32], [], ({ state, types }) => {
        const type = typeAt(types, kind);
        return (handle: number) => state.builtIns.dropEnd(end, type, handle);
      });
    }
    case 'error-context.new':
      return made([i32, i32], [i32], (context) => {
        const memory = needed(context.memory(plan.memory, plan.realloc));
        return (pointer: number, length: number) => {
          memory.refresh();
          return context.state.table.newErrorContext(memory.text(pointer, length));
        };
      });
    case 'error-context.debug-message':
      return made([i32, i32], [], (context) => {
        const memory = needed(context.memory(plan.memory, plan.realloc));
        return (handle: number, pointer: number) => {
          const text = context.state.table.errorContext(handle);
          memory.refresh();
          memory.storeText(text, memory.target(pointer, 8, 4));
        };
      });
    case 'error-context.drop':
      return made(
        [i32],
        [],
        ({ state }) =>
          (handle: number) =>
            state.table.dropErrorContext(handle),
      );
  }
}

const ends = {
  'stream.cancel-read': ReadableStreamEnd,
  'stream.cancel-write': WritableStreamEnd,
  'future.cancel-read': ReadableFutureEnd,
  'future.cancel-write': WritableFutureEnd,
  'stream.drop-readable': ReadableStreamEnd,
  'stream.drop-writable': WritableStreamEnd,
  'future.drop-readable': ReadableFutureEnd,
  'future.drop-writable': WritableFutureEnd,
} as const;

/** `task.return`: lifts the result of the running task. */
function compileReturn(
  { result, memory: memoryIndex, encoding }: Extract<BuiltinPlan, { name: 'task.return' }>,
  kinds: ResourceKinds,
): CompiledBuiltin {
  const body = new Source();
  const types = result === undefined ? [] : [result];
  const { names, cores, values } = writeParameters(
    types,
    new Lift(body, { memory: 'm', handles: 'h', table: 'a', encoding, kinds }),
    body,
  );
  const text = [
    "'use strict';",
    `return function (${names.join(', ')}) {`,
    'if (m !== undefined) m.refresh();',
    body,
    `s.taskReturn(${values[0] ?? 'undefined'}, ${kinds.ofResult(result, encoding)}); };`,
  ].join('\n');
  const make = new Function('m', 'h', 'a', 't', 's', 'r', text) as (
    ...context: readonly unknown[]
  ) => WebAssembly.CoreFunction;
  return {
    params: cores,
    results: [],
    suspends: false,
    factory: ({ state, handles, types: asyncTypes, memory }) =>
      make(memory(memoryIndex, undefined), handles, state.table, asyncTypes, state.builtIns, runtime),
  };
}

type CopyPlan = Extract<
  BuiltinPlan,
  { name: 'stream.read' | 'stream.write' | 'future.read' | 'future.write' }
>;

function compileCopy(
  { name, type, memory, realloc, encoding, isAsync }: CopyPlan,
  kinds: ResourceKinds,
): CompiledBuiltin {
  const kind = asyncKind(type, kinds);
  const elementsOf = compileElements(
    'of' in type ? (type.of as WitType | undefined) : undefined,
    kinds,
    encoding,
  );
  const isStream = name.startsWith('stream');
  const factory: BuiltinFactory = (context) => {
    const { state, handles, types } = context;
    const { builtIns } = state;
    const copy: Copy = {
      type: typeAt(types, kind),
      elements: elementsOf(context.memory(memory, realloc), handles, state.table, types),
      isAsync,
    };
    switch (name) {
      case 'stream.read':
        return (handle: number, pointer: number, length: number) =>
          builtIns.readStream(copy, handle, pointer, length);
      case 'stream.write':
        return (handle: number, pointer: number, length: number) =>
          builtIns.writeStream(copy, handle, pointer, length);
      case 'future.read':
        return (handle: number, pointer: number) => builtIns.readFuture(copy, handle, pointer);
      case 'future.write':
        return (handle: number, pointer: number) => builtIns.writeFuture(copy, handle, pointer);
    }
  };
  return { factory, params: isStream ? [i32, i32, i32] : [i32, i32], results: [i32], suspends: !isAsync };
}

/** Whether values of a stream or future need a memory. */
export function hasElements(type: WitType): boolean {
  return 'of' in type && type.of !== undefined && layoutOf(type.of as WitType).size > 0;
}

function asyncKind(type: WitType, kinds: ResourceKinds): number {
  if (type.kind !== 'stream' && type.kind !== 'future')
    throw new TypeError(`${type.kind} is no stream or future`);
  return kinds.ofAsync(type);
}

function typeAt(types: readonly AsyncType[], kind: number): AsyncType {
  const type = types[kind];
  if (type === undefined) throw new TypeError(`the component refers to a type ${kind} that it has not`);
  return type;
}

function needed(memory: GuestMemory | undefined): GuestMemory {
  if (memory === undefined) throw new TypeError('a built-in has no memory to work on');
  return memory;
}
