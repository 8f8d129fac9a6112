import type { StringEncoding } from '../abi/string-encoding.ts';
import type { BuiltinPlan } from '../async/builtin-plan.ts';
import type { CanonicalOptions, CoreExport, CoreInstancePlan, CoreSort } from '../link/link-plan.ts';
import type { BinaryReader } from './binary-reader.ts';
import { readTypeReference } from './decode-types.ts';
import type { PlanBuilder } from './plan-builder.ts';
import type { Scope } from './scope.ts';
import { threadBuiltins } from './thread-builtins.ts';
import type { WitType } from './wit-type.ts';

const coreSorts: Readonly<Record<number, CoreSort>> = {
  0: 'function',
  1: 'table',
  2: 'memory',
  3: 'global',
  4: 'tag',
};
const encodings: readonly StringEncoding[] = ['utf8', 'utf16', 'latin1+utf16'];
/** What an index stands for that the component has not: the linker says so. */
const nothing = -1;

/** The core definitions of one component instance, by the numbers that the whole plan gives them. */
export class CoreDefinitions {
  readonly #scope: Scope;
  readonly #plan: PlanBuilder;
  readonly #component: number;
  readonly #instances: number[] = [];
  readonly #indexes: Readonly<Record<CoreSort, number[]>> = {
    function: [],
    table: [],
    memory: [],
    global: [],
    tag: [],
  };

  /** @param component the instance's number */
  constructor(scope: Scope, plan: PlanBuilder, component: number) {
    this.#scope = scope;
    this.#plan = plan;
    this.#component = component;
  }

  readModule(section: BinaryReader): void {
    const module = this.#plan.addModule(section);
    this.#scope.modules.push({ kind: 'module', module });
  }

  readInstance(reader: BinaryReader): void {
    this.#instances.push(this.#plan.instances.push(this.#instance(reader)) - 1);
  }

  #instance(reader: BinaryReader): CoreInstancePlan {
    if (reader.byte() === 0) {
      const module = this.#scope.modules[reader.u32()];
      const imports = reader.vector((item) => {
        const name = item.name();
        item.byte();
        return { name, instance: this.#instances[item.u32()] ?? nothing };
      });
      if (module?.kind !== 'module') this.#plan.note('it instantiates a core module from outside');
      return { kind: 'module', module: module?.kind === 'module' ? module.module : nothing, imports };
    }
    const items = reader.vector((item) => {
      const name = item.name();
      const sort = coreSorts[item.byte()];
      if (sort === undefined) throw new TypeError(`unknown core sort at byte ${item.position}`);
      return { name, sort, index: this.#at(sort, item.u32()) };
    });
    return { kind: 'exports', items };
  }

  alias(sort: number, instance: number, name: string): void {
    const core = coreSorts[sort - 0x100];
    const from = { instance: this.#instances[instance] ?? nothing, name };
    if (core === 'function') {
      this.#add(core, this.#plan.functions.push({ kind: 'export', ...from }) - 1);
    } else if (core === undefined) {
      this.#plan.note(`it aliases a core export of sort ${sort - 0x100}`);
    } else {
      this.#add(core, this.#exports(core).push(from) - 1);
    }
  }

  /** `canon lift`, `canon lower` and the built-ins of resources. */
  readCanonical(reader: BinaryReader): void {
    const form = reader.byte();
    switch (form) {
      case 0x00:
        this.#readLift(reader);
        return;
      case 0x01:
        this.#readLower(reader);
        return;
      case 0x02:
        this.#readBuiltin('new', reader);
        return;
      case 0x03:
        this.#readBuiltin('drop', reader);
        return;
      case 0x04:
        this.#readBuiltin('rep', reader);
        return;
      default: {
        const builtin = this.#readAsyncBuiltin(form, reader);
        if (builtin !== undefined) {
          const planned = { kind: 'builtin', builtin, component: this.#component } as const;
          this.#add('function', this.#plan.functions.push(planned) - 1);
          return;
        }
        // What follows in the section can't be told apart.
        const thread = threadBuiltins[form];
        const code = `0x${form.toString(16).padStart(2, '0')}`;
        this.#plan.note(
          thread === undefined
            ? `it uses the canonical built-in ${code}, which is unknown here`
            : `it uses threads (${thread}), which are not served`,
        );
        reader.rest();
      }
    }
  }

  /** A built-in of the asynchronous ABI; undefined where it is unknown. */
  #readAsyncBuiltin(form: number, reader: BinaryReader): BuiltinPlan | undefined {
    const type = (): WitType => {
      const entity = this.#scope.types[reader.u32()];
      if (entity?.kind === 'type') return entity.type;
      this.#plan.note('it has a stream or future of unknown type');
      return { kind: 'stream', of: undefined };
    };
    const copy = (name: 'stream.read' | 'stream.write' | 'future.read' | 'future.write'): BuiltinPlan => {
      const of = type();
      const { memory, realloc, encoding, isAsync = false } = this.#readOptions(reader);
      return { name, type: of, memory, realloc, encoding, isAsync };
    };
    const flag = (): boolean => reader.byte() !== 0;
    switch (form) {
      case 0x05:
        return { name: 'task.cancel' };
      case 0x06:
        return { name: 'subtask.cancel', isAsync: flag() };
      case 0x09: {
        const result = this.#readResult(reader);
        const { memory, encoding } = this.#readOptions(reader);
        return { name: 'task.return', result, memory, encoding };
      }
      case 0x0a:
      case 0x0b:
        reader.byte();
        return { name: form === 0x0a ? 'context.get' : 'context.set', slot: reader.u32() };
      case 0x0c:
        return { name: 'thread.yield', isCancellable: flag() };
      case 0x0d:
        return { name: 'subtask.drop' };
      case 0x0e:
        return { name: 'stream.new', type: type() };
      case 0x0f:
        return copy('stream.read');
      case 0x10:
        return copy('stream.write');
      case 0x11:
        return { name: 'stream.cancel-read', type: type(), isAsync: flag() };
      case 0x12:
        return { name: 'stream.cancel-write', type: type(), isAsync: flag() };
      case 0x13:
        return { name: 'stream.drop-readable', type: type() };
      case 0x14:
        return { name: 'stream.drop-writable', type: type() };
      case 0x15:
        return { name: 'future.new', type: type() };
      case 0x16:
        return copy('future.read');
      case 0x17:
        return copy('future.write');
      case 0x18:
        return { name: 'future.cancel-read', type: type(), isAsync: flag() };
      case 0x19:
        return { name: 'future.cancel-write', type: type(), isAsync: flag() };
      case 0x1a:
        return { name: 'future.drop-readable', type: type() };
      case 0x1b:
        return { name: 'future.drop-writable', type: type() };
      case 0x1c:
      case 0x1d: {
        const { memory, realloc } = this.#readOptions(reader);
        const name = form === 0x1c ? 'error-context.new' : 'error-context.debug-message';
        return { name, memory, realloc };
      }
      case 0x1e:
        return { name: 'error-context.drop' };
      case 0x1f:
        return { name: 'waitable-set.new' };
      case 0x20:
        return { name: 'waitable-set.wait', isCancellable: flag(), memory: this.#at('memory', reader.u32()) };
      case 0x21:
        return { name: 'waitable-set.poll', isCancellable: flag(), memory: this.#at('memory', reader.u32()) };
      case 0x22:
        return { name: 'waitable-set.drop' };
      case 0x23:
        return { name: 'waitable.join' };
      case 0x24:
        return { name: 'backpressure.inc' };
      case 0x25:
        return { name: 'backpressure.dec' };
      default:
        return undefined;
    }
  }

  /** The result of a function, as `task.return` has it. */
  #readResult(reader: BinaryReader): WitType | undefined {
    if (reader.byte() === 0) return readTypeReference(reader, this.#scope);
    reader.byte();
    return undefined;
  }

  /** The type of a resource that the component defines. */
  readResource(reader: BinaryReader): void {
    const type: WitType = { kind: 'resource' };
    if (reader.byte() !== 0x7f) this.#plan.note('it has a resource whose representation is no i32');
    const destructor = reader.optional((item) => this.#at('function', item.u32()));
    this.#plan.resources.set(type, { component: this.#component, destructor });
    this.#scope.types.push({ kind: 'type', type });
  }

  #readLift(reader: BinaryReader): void {
    reader.byte();
    const core = this.#at('function', reader.u32());
    const options = this.#readOptions(reader);
    const declared = this.#scope.types[reader.u32()];
    if (declared?.kind !== 'function') {
      this.#plan.note('it lifts a function of unknown type');
      this.#scope.functions.push({ kind: 'other' });
      return;
    }
    const { type } = declared;
    const source = { kind: 'lifted', core, type, component: this.#component, options } as const;
    this.#scope.functions.push({ kind: 'function', type, source });
  }

  #readLower(reader: BinaryReader): void {
    reader.byte();
    const lowered = this.#scope.functions[reader.u32()];
    const options = this.#readOptions(reader);
    const component = this.#component;
    if (lowered?.kind !== 'function' || lowered.source === undefined) {
      this.#plan.note('it lowers a function that it does not import from an interface');
      return;
    }
    const { type, source } = lowered;
    const functions = this.#plan.functions;
    if (source.kind === 'imported') {
      const { kind: _, ...named } = source;
      functions.push({ kind: 'import', function: { ...named, type }, component, options });
    } else {
      const { kind: _, ...lifted } = source;
      if (!type.isAsync && (options.isAsync === true || lifted.options.isAsync === true))
        this.#plan.note('it calls a synchronous function asynchronously');
      functions.push({ kind: 'call', function: lifted, component, options });
    }
    this.#add('function', functions.length - 1);
  }

  #readBuiltin(kind: 'new' | 'rep' | 'drop', reader: BinaryReader): void {
    const entity = this.#scope.types[reader.u32()];
    if (entity?.kind !== 'type') {
      this.#plan.note('it drops a resource of unknown type');
      return;
    }
    if (kind !== 'drop' && this.#plan.resources.get(entity.type)?.component !== this.#component)
      this.#plan.note('it makes a resource of a type that it does not define');
    const planned = { kind, resource: entity.type, component: this.#component } as const;
    this.#add('function', this.#plan.functions.push(planned) - 1);
  }

  #readOptions(reader: BinaryReader): CanonicalOptions {
    const options: { -readonly [Key in keyof CanonicalOptions]: CanonicalOptions[Key] } = {
      encoding: 'utf8',
    };
    reader.vector((item) => {
      const form = item.byte();
      const encoding = encodings[form];
      if (encoding !== undefined) options.encoding = encoding;
      else if (form === 0x03) options.memory = this.#at('memory', item.u32());
      else if (form === 0x04) options.realloc = this.#at('function', item.u32());
      else if (form === 0x05) options.postReturn = this.#at('function', item.u32());
      else if (form === 0x06) options.isAsync = true;
      else if (form === 0x07) options.callback = this.#at('function', item.u32());
      else this.#plan.note(`it uses the canonical option 0x${form.toString(16).padStart(2, '0')}`);
    });
    return options;
  }

  #at(sort: CoreSort, index: number): number {
    return this.#indexes[sort][index] ?? nothing;
  }

  #add(sort: CoreSort, index: number): void {
    this.#indexes[sort].push(index);
  }

  #exports(sort: Exclude<CoreSort, 'function'>): CoreExport[] {
    const { tables, memories, globals, tags } = this.#plan;
    return { table: tables, memory: memories, global: globals, tag: tags }[sort];
  }
}
