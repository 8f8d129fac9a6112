import type { GuestMemory } from '../abi/guest-memory.ts';
import type { ResourceKinds } from '../abi/resource-kinds.ts';
import type { Side } from '../abi/side.ts';
import { Source } from '../abi/source.ts';
import type { AsyncState } from '../async/async-state.ts';
import type { AsyncTable, AsyncType } from '../async/async-table.ts';
import { type AsyncExport, callAsync, type GuestCaller } from '../async/call.ts';
import type { Task, TaskForm, TaskOwner } from '../async/task.ts';
import { putFlat } from './call-function.ts';
import type { CallScope } from './call-scope.ts';
import { writeArguments, writeResult } from './callee-side.ts';
import type { ComponentState } from './component-state.ts';
import { calleeForm } from './core-signature.ts';
import type { Handles } from './handles.ts';
import type { LiftedFunction, LinkPlan } from './link-plan.ts';
import { instructions, ModuleWriter, sequence } from './module-writer.ts';
import { runtime } from './runtime.ts';
import { type Scratch, scratch } from './scratch.ts';

/** What of an instance a function that is called on a stack of its own uses. */
export interface CalleeParts {
  readonly state: ComponentState;
  readonly memory: GuestMemory | undefined;
  readonly exported: WebAssembly.CoreFunction;
  readonly callback: WebAssembly.CoreFunction | undefined;
  readonly postReturn: WebAssembly.CoreFunction | undefined;
  readonly types: readonly AsyncType[];
}

/** Calls the function; its arguments are asked for when the guest takes the call. */
export type CallTask = (values: () => readonly unknown[], owner: TaskOwner, caller?: GuestCaller) => Task;

interface CalleeOptions {
  /** Who calls it. A guest has to know at once how far its callee came. */
  readonly by: 'guest' | 'host';
  /** Whether it takes handles that are lent by another guest. Default: no. */
  readonly lends?: boolean;
  /** Whether something may let it wait on its stack. Default: yes. */
  readonly onStack?: boolean;
}

/** The values of a call, as they pass into the guest and out of it. */
interface Passing {
  /** Lowers the arguments to scratch memory. */
  lower(values: readonly unknown[], scope: CallScope | undefined): void;
  /** Lifts the flat result of a function that is lifted synchronously. */
  lift(flat: unknown): unknown;
}

type MakePassing = (
  memory: GuestMemory | undefined,
  handles: Handles,
  table: AsyncTable,
  types: readonly AsyncType[],
  scratch: Scratch,
  helpers: typeof runtime,
) => Passing;

/**
 * A function that a guest lifts, to be called as a task with a stack of its own. Whoever calls it learns at once how far it came:
 * what its core function answers goes to the host before the stack ends, which a promise of the stack tells only later.
 *
 *     (func (export "run") (call $answered (call $exported (i32.load offset=0 …) …)))
 *     (func (export "tell") (param i32 i32 i32) (call $answered (call $callback (local.get 0) …)))
 *
 * Source: `CanonicalABI.md`, `canon lift`.
 */
export class GuestCallee {
  readonly #module: WebAssembly.Module;
  readonly #make: MakePassing;
  readonly #form: TaskForm;

  readonly #onStack: boolean;
  readonly #tellsEarly: boolean;

  /** Throws `UnsupportedType`. */
  constructor(
    lifted: LiftedFunction,
    resources: LinkPlan['resources'],
    kinds: ResourceKinds,
    { by, lends = false, onStack = true }: CalleeOptions,
  ) {
    this.#onStack = onStack;
    const { type, options, component } = lifted;
    this.#tellsEarly = by === 'guest';
    this.#module = new WebAssembly.Module(writeModule(lifted, this.#tellsEarly));
    const isAsync = options.isAsync === true;
    this.#form = {
      isAsync,
      isExclusive: type.isAsync && (!isAsync || options.callback !== undefined),
      mayWait: type.isAsync,
      answers: kinds.ofResult(type.result, options.encoding),
    };
    const side: Side = {
      memory: 'm',
      handles: 'h',
      table: 'a',
      encoding: options.encoding,
      kinds,
      defines: (resource) => resources.get(resource)?.component === component,
      ...(lends ? { scope: 's' } : {}),
    };
    this.#make = new Function('m', 'h', 'a', 't', 'scratch', 'r', writePassing(lifted, side)) as MakePassing;
  }

  instantiate({ state, memory, exported, callback, postReturn, types }: CalleeParts): CallTask {
    const asynchronous = stateOf(state);
    const { tasks, table } = asynchronous;
    const { schedule } = tasks;
    const { memory: passed } = scratch();
    const { exports } = new WebAssembly.Instance(this.#module, {
      h: {
        exported,
        memory: passed,
        ...(callback === undefined ? {} : { callback }),
        answered: (answer: unknown) => schedule.top?.task.answered(answer),
      },
    });
    const stack = (name: string): (() => unknown) => {
      const core = exports[name] as WebAssembly.CoreFunction;
      return this.#onStack ? (WebAssembly.promising(core) as () => unknown) : core;
    };
    const run = stack('run');
    const tell = callback === undefined ? undefined : stack('tell');
    const passing = this.#make(memory, state.handles, table, types, scratch(), runtime);
    const finish = (task: Task, flat: unknown): void => {
      task.return(passing.lift(flat));
      if (postReturn === undefined) return;
      state.mayLeave = false;
      postReturn(flat as number);
      state.mayLeave = true;
    };
    const callee: AsyncExport = {
      start(values, scope) {
        passing.lower(values(), scope);
        return run();
      },
      callback: tell,
      form: this.#form,
      tellsEarly: this.#tellsEarly,
      finish: this.#form.isAsync ? undefined : finish,
      tasks,
      set: (handle) => table.set(handle),
    };
    return (values, owner, caller) => callAsync(callee, values, owner, caller);
  }
}

/** The part of a component's state that asynchronous functions have. */
export function stateOf({ async: state }: ComponentState): AsyncState {
  if (state === undefined) throw new TypeError('a synchronous component has an asynchronous function');
  return state;
}

function writeModule({ type, options }: LiftedFunction, tellsEarly: boolean): Uint8Array<ArrayBuffer> {
  const module = new ModuleWriter();
  const { call, get, load } = instructions;
  const form = calleeForm(type, options);
  const exported = module.importFunction('h', 'exported', form);
  const event = ['i32', 'i32', 'i32'] as const;
  const callback =
    options.callback === undefined
      ? undefined
      : module.importFunction('h', 'callback', { params: event, results: ['i32'] });
  const told = tellsEarly
    ? [call(module.importFunction('h', 'answered', { params: form.results, results: [] }))]
    : [];
  module.importMemory('h', 'memory');
  const results = tellsEarly ? [] : form.results;
  const args = form.params.map((core, slot) => load(core, slot));
  module.exportFunction('run', { params: [], results }, [], sequence(...args, call(exported), ...told));
  if (callback !== undefined) {
    const code = sequence(...event.map((_, index) => get(index)), call(callback), ...told);
    module.exportFunction('tell', { params: event, results }, [], code);
  }
  return module.finish();
}

function writePassing({ type, options }: LiftedFunction, side: Side): string {
  const form = calleeForm(type, options);
  const lower = new Source();
  const values = type.params.map((_, index) => lower.constant(`v[${index}]`));
  const flats = writeArguments(type, values, side, lower).map((flat) => lower.constant(flat));
  for (const [slot, flat] of flats.entries()) lower.line(putFlat(form.params[slot], slot, flat));
  const lift = new Source();
  const result = options.isAsync === true ? undefined : writeResult(type, 'f', side, lift);
  lift.line(`return ${result ?? 'undefined'};`);
  const refresh = 'if (m !== undefined) m.refresh();';
  return [
    "'use strict';",
    'const { i32, i64, f32, f64 } = scratch;',
    `return { lower(v, s) { ${refresh}`,
    lower,
    `}, lift(f) { ${refresh}`,
    lift,
    '} };',
  ].join('\n');
}
