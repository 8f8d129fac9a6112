import { GuestMemory, type Realloc, type Touched } from '../abi/guest-memory.ts';
import type { AsyncType } from '../async/async-table.ts';
import { Schedule } from '../async/schedule.ts';
import { synchronousTask } from '../async/task.ts';
import type { CallScope } from './call-scope.ts';
import { ComponentState } from './component-state.ts';
import type { CalleeParts } from './guest-callee.ts';
import type { HostImports } from './host-imports.ts';
import type { Waiting } from './import-function.ts';
import {
  type CanonicalOptions,
  type CoreInstancePlan,
  type CoreSort,
  isAsync,
  type LiftedFunction,
  type LinkPlan,
} from './link-plan.ts';
import type { MadeAsyncCall, MadeCall, MadeFunction, MadeImport } from './made-function.ts';
import { dropPlain, dropWithDestructor, newResource, resourceRepresentation } from './resource-function.ts';
import { suspending } from './suspending.ts';
import type { Waiter } from './waiter.ts';

type Exports = Readonly<Record<string, WebAssembly.ImportValue>>;

/** The making of one instance. */
export class Link {
  /** Of each component instance of the plan. */
  readonly components: readonly ComponentState[];
  /** What of each memory the host has written. */
  readonly touched = new Map<WebAssembly.Memory, Touched>();
  readonly waiting: Waiting = { promise: undefined };
  readonly #plan: Omit<LinkPlan, 'modules'>;
  readonly #modules: readonly WebAssembly.Module[];
  readonly #functions: readonly MadeFunction[];
  readonly #waiters: readonly Waiter[];
  /** Of each component, where several were put together. */
  readonly #imports: readonly HostImports[];
  readonly #types: readonly AsyncType[];
  readonly #instances: Exports[] = [];
  readonly #cores: WebAssembly.Instance[] = [];
  readonly #memories = new Map<string, GuestMemory>();
  readonly #calls = new Map<MadeFunction, WebAssembly.ImportValue>();
  readonly #scopes: CallScope[] = [];
  /** Components call one another: what may be called when matters. */
  readonly #hasCalls: boolean;

  constructor(
    plan: Omit<LinkPlan, 'modules'>,
    modules: readonly WebAssembly.Module[],
    functions: readonly MadeFunction[],
    waiters: readonly Waiter[],
    imports: readonly HostImports[],
    types: readonly AsyncType[] = [],
  ) {
    this.#types = types;
    this.#plan = plan;
    this.#modules = modules;
    this.#functions = functions;
    this.#waiters = waiters;
    this.#imports = imports;
    const usesAsync = isAsync(plan);
    const schedule = usesAsync ? new Schedule() : undefined;
    const components: ComponentState[] = [];
    for (const { parent } of plan.components) {
      components.push(new ComponentState(schedule, parent === undefined ? undefined : components[parent]));
    }
    this.components = components;
    this.#hasCalls = usesAsync || functions.some(({ kind }) => kind === 'call' || kind === 'new');
  }

  run(): readonly WebAssembly.Instance[] {
    for (const planned of this.#plan.instances) this.#instances.push(this.#instance(planned));
    return this.#cores;
  }

  /** An exported function of a core instance. */
  exported(index: number): WebAssembly.CoreFunction {
    const value = this.#function(index);
    if (typeof value !== 'function') throw new TypeError(`core function ${index} is none that can be called`);
    return value as WebAssembly.CoreFunction;
  }

  /** The state of a component instance. */
  component(index: number): ComponentState {
    return found(this.components[index], 'component', index);
  }

  /** The memory that a function uses; `undefined` where it uses none. */
  memory({ memory, realloc }: CanonicalOptions, component: number): GuestMemory | undefined {
    if (memory === undefined) return undefined;
    const key = `${memory} ${realloc}`;
    let made = this.#memories.get(key);
    if (made === undefined) {
      const value = this.#export(found(this.#plan.memories[memory], 'memory', memory));
      if (!(value instanceof WebAssembly.Memory)) throw new TypeError(`memory ${memory} is none`);
      made = new GuestMemory(value, this.#realloc(realloc, component), this.#touchedOf(value));
      this.#memories.set(key, made);
    }
    return made;
  }

  #touchedOf(memory: WebAssembly.Memory): Touched {
    let touched = this.touched.get(memory);
    if (touched === undefined) {
      touched = { table: undefined };
      this.touched.set(memory, touched);
    }
    return touched;
  }

  #realloc(index: number | undefined, component: number): Realloc | undefined {
    if (index === undefined) return undefined;
    const realloc = this.exported(index) as Realloc;
    if (!this.#hasCalls) return realloc;
    const state = this.component(component);
    return (pointer, oldSize, align, size) => {
      state.mayLeave = false;
      const allocated = realloc(pointer, oldSize, align, size);
      state.mayLeave = true;
      return allocated;
    };
  }

  #instance(planned: CoreInstancePlan): Exports {
    if (planned.kind === 'exports') {
      return Object.fromEntries(
        planned.items.map(({ name, sort, index }) => [name, this.#item(sort, index)]),
      );
    }
    const module = found(this.#modules[planned.module], 'module', planned.module);
    const imports = Object.fromEntries(
      planned.imports.map(({ name, instance }) => [
        name,
        found(this.#instances[instance], 'instance', instance),
      ]),
    );
    const core = new WebAssembly.Instance(module, imports);
    this.#cores.push(core);
    return core.exports;
  }

  #item(sort: CoreSort, index: number): WebAssembly.ImportValue {
    if (sort === 'function') return this.#function(index);
    const { tables, memories, globals, tags } = this.#plan;
    const plans = { table: tables, memory: memories, global: globals, tag: tags };
    return this.#export(found(plans[sort][index], sort, index));
  }

  #function(index: number): WebAssembly.ImportValue {
    const planned = found(this.#functions[index], 'function', index);
    switch (planned.kind) {
      case 'export':
        return this.#export(planned);
      case 'stub':
        return planned.value;
      case 'new':
        return newResource(planned.resource, this.component(planned.component));
      case 'rep':
        return resourceRepresentation(planned.resource, this.component(planned.component));
      case 'drop':
        return this.#drop(planned);
      case 'call':
        return this.#once(planned, () => this.#call(planned));
      case 'async-call':
        return this.#once(planned, () => this.#asyncCall(planned));
      case 'builtin':
        return this.#builtin(planned);
      case 'import': {
        switch (planned.form) {
          case 'result':
            return this.#import(planned);
          case 'promise':
            return this.#promise(planned);
          case 'attempt':
            return this.#waitingCall(planned);
        }
      }
    }
  }

  #drop({ resource, component, own }: Extract<MadeFunction, { kind: 'drop' }>): WebAssembly.ImportValue {
    const state = this.component(component);
    const { handles } = state;
    if (own === undefined) return (handle: number) => handles.drop(resource, handle);
    if (own.destructor === undefined) return dropPlain(resource, state);
    const entered = own.entered.map((index) => this.component(index));
    return dropWithDestructor(resource, state, this.exported(own.destructor), entered);
  }

  #call({ call, function: lifted, component, options, entered }: MadeCall): WebAssembly.CoreFunction {
    const { postReturn } = lifted.options;
    return call.instantiate({
      caller: { state: this.component(component), memory: this.memory(options, component) },
      callee: {
        state: this.component(lifted.component),
        memory: this.memory(lifted.options, lifted.component),
      },
      exported: this.exported(lifted.core),
      postReturn: postReturn === undefined ? undefined : this.exported(postReturn),
      entered: entered.map((index) => this.component(index)),
      scopes: this.#scopes,
      types: this.#types,
      ...this.#entering(lifted.component, entered),
    });
  }

  /** A synchronous function is called on the stack of who calls, and has a task all the same. */
  #entering(component: number, entered: readonly number[]): { enter(): void; leave(): void } | undefined {
    const { async: state } = this.component(component);
    if (state === undefined) return undefined;
    const { tasks } = state;
    const instances = entered.map((index) => this.component(index));
    return {
      enter: () => tasks.schedule.enter(tasks, synchronousTask(), instances),
      leave: () => tasks.schedule.leave(),
    };
  }

  #asyncCall({
    call,
    function: lifted,
    component,
    options,
    entered,
  }: MadeAsyncCall): WebAssembly.CoreFunction {
    return call.instantiate({
      caller: { state: this.component(component), memory: this.memory(options, component) },
      callee: this.callee(lifted),
      entered: entered.map((index) => this.component(index)),
    });
  }

  /** What a function uses that a guest lifts, to be called as a task. */
  callee({ core, component, options }: LiftedFunction): CalleeParts {
    const { callback, postReturn } = options;
    return {
      state: this.component(component),
      memory: this.memory(options, component),
      exported: this.exported(core),
      callback: callback === undefined ? undefined : this.exported(callback),
      postReturn: postReturn === undefined ? undefined : this.exported(postReturn),
      types: this.#types,
    };
  }

  #import({
    interface: name,
    label,
    member,
    factory,
    component,
    options,
  }: MadeImport): WebAssembly.CoreFunction {
    const imports = this.#imports[member] ?? {};
    const host = (label === undefined ? undefined : imports[label]) ?? imports[name] ?? {};
    const { handles, async: state } = this.component(component);
    const memory = this.memory(options, component);
    return factory({ memory, handles, host, waiting: this.waiting, state, types: this.#types });
  }

  #builtin({
    factory,
    suspends,
    component,
    ...type
  }: Extract<MadeFunction, { kind: 'builtin' }>): WebAssembly.ImportValue {
    const { handles, async: state } = this.component(component);
    if (state === undefined)
      throw new TypeError('a component without asynchronous functions has a built-in for them');
    const made = factory({
      state,
      handles,
      types: this.#types,
      memory: (memory, realloc) =>
        memory === undefined
          ? undefined
          : this.memory(
              { encoding: 'utf8', memory, ...(realloc === undefined ? {} : { realloc }) },
              component,
            ),
    });
    return suspends ? suspending(made, type) : made;
  }

  #promise(planned: MadeImport): WebAssembly.ImportValue {
    const made = this.#import(planned);
    const { async: state } = this.component(planned.component);
    if (state === undefined) return new WebAssembly.Suspending(made);
    // Other tasks of the instance may run while one waits on its stack.
    const sharing: WebAssembly.CoreFunction = (...args) => {
      const answer: unknown = made(...args);
      return answer instanceof Promise ? state.wait(answer, planned.isAsync) : answer;
    };
    return suspending(sharing, planned);
  }

  #waitingCall(planned: MadeImport): WebAssembly.ImportValue {
    return this.#once(planned, () => {
      const waiter = this.#waiters.find(({ functions }) => functions.includes(planned));
      if (waiter === undefined) throw new TypeError('every function that waits has a waiter');
      const attempts = waiter.functions.map((item) => this.#import(item));
      for (const [index, made] of waiter.instantiate(attempts, this.#waitFor(planned)).entries())
        this.#calls.set(found(waiter.functions[index], 'function', index), made);
      return found(this.#calls.get(planned), 'function', planned.interface);
    });
  }

  #waitFor({ component, isAsync: waits }: MadeImport): () => Promise<unknown> | undefined {
    const { waiting } = this;
    const { async: state } = this.component(component);
    if (state === undefined) return () => waiting.promise;
    return () => (waiting.promise === undefined ? undefined : state.wait(waiting.promise, waits));
  }

  #once(planned: MadeFunction, make: () => WebAssembly.ImportValue): WebAssembly.ImportValue {
    let made = this.#calls.get(planned);
    if (made === undefined) {
      made = make();
      this.#calls.set(planned, made);
    }
    return made;
  }

  #export({ instance, name }: { readonly instance: number; readonly name: string }): WebAssembly.ImportValue {
    return found(this.#instances[instance]?.[name], 'export', name);
  }
}

/** What a plan refers to is there: jco's WIT tools validate components before they are written. */
function found<T>(value: T | undefined, sort: string, index: number | string): T {
  if (value === undefined)
    throw new TypeError(`the component refers to a core ${sort} ${index} that it has not`);
  return value;
}
