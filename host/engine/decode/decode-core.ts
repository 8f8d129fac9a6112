import type {
  CanonicalOptions,
  CoreExport,
  CoreFunctionPlan,
  CoreInstancePlan,
  CoreSort,
  ExportedFunction,
  ImportedFunction,
  LinkPlan,
} from '../link/link-plan.ts';
import { BinaryReader } from './binary-reader.ts';
import { readExternName } from './decode-names.ts';
import { readSort, type Scope, sorts } from './decode-types.ts';
import type { FunctionType } from './wit-type.ts';

/** A component has something in it that this host's linker does not do; jco may. */
export class NotLinkable extends Error {
  override readonly name = 'NotLinkable';
}

/** A function of the component level. */
type ComponentFunction =
  | ({ readonly kind: 'imported' } & ImportedFunction)
  | {
      readonly kind: 'lifted';
      readonly core: number;
      readonly type: FunctionType;
      readonly options: CanonicalOptions;
    }
  | { readonly kind: 'unknown' };

type ComponentInstance =
  | { readonly kind: 'imported'; readonly name: string }
  | { readonly kind: 'functions'; readonly functions: ReadonlyMap<string, number> };

const coreSorts: Readonly<Record<number, CoreSort>> = {
  0: 'function',
  1: 'table',
  2: 'memory',
  3: 'global',
};

/** Gathers the core definitions of a component; whatever is beyond the linker is noted, not thrown. */
export class CoreDefinitions {
  readonly #scope: Scope;
  readonly #modules: Uint8Array<ArrayBuffer>[] = [];
  readonly #coreInstances: CoreInstancePlan[] = [];
  readonly #coreFunctions: CoreFunctionPlan[] = [];
  readonly #tables: CoreExport[] = [];
  readonly #memories: CoreExport[] = [];
  readonly #globals: CoreExport[] = [];
  readonly #functions: ComponentFunction[] = [];
  readonly #instances: ComponentInstance[] = [];
  readonly #exports: ExportedFunction[] = [];
  #problem: string | undefined;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /** A section that brings no types. */
  readSection(id: number, section: BinaryReader): void {
    switch (id) {
      case 1:
        this.#modules.push(section.rest());
        return;
      case 2:
        section.vector((item) => this.#coreInstances.push(readCoreInstance(item)));
        return;
      case 3:
        return;
      case 4:
        if (!isRenaming(section)) this.#note('it has components within it');
        return;
      case 8:
        for (let count = section.u32(); count > 0 && !section.done; count -= 1) this.#readCanonical(section);
        return;
      default:
        this.#note(`it has a section of kind ${id}`);
    }
  }

  importInstance(name: string): void {
    this.#instances.push({ kind: 'imported', name });
  }

  importFunction(): void {
    this.#functions.push({ kind: 'unknown' });
  }

  /** An instance of a nested component, or of functions that are named one by one. */
  readInstance(reader: BinaryReader): void {
    const functions = new Map<string, number>();
    const form = reader.byte();
    if (form === 0) reader.u32();
    reader.vector((item) => {
      // The nested components that wit-component makes rename their imports and do nothing else.
      const name = form === 0 ? item.name().replace(/^import-func-/, '') : readExternName(item);
      const sort = readSort(item);
      const index = item.u32();
      if (sort === sorts.function) functions.set(name, index);
    });
    this.#instances.push({ kind: 'functions', functions });
  }

  export(name: string, sort: number, index: number): void {
    if (sort === sorts.function) {
      this.#functions.push(this.#functions[index] ?? { kind: 'unknown' });
      this.#exportFunction(undefined, name, index);
    }
    if (sort !== sorts.instance) return;
    const instance = this.#instances[index] ?? { kind: 'functions', functions: new Map() };
    this.#instances.push(instance);
    if (instance.kind !== 'functions') return;
    for (const [label, func] of instance.functions) this.#exportFunction(name, label, func);
  }

  aliasOuter(sort: number): void {
    if (sort !== sorts.type) this.#note('it refers to something outside of itself');
  }

  aliasExport(sort: number, instance: number, name: string): void {
    const from = this.#instances[instance];
    if (sort === sorts.instance) this.#instances.push({ kind: 'functions', functions: new Map() });
    if (sort !== sorts.function) return;
    const entity = this.#scope.instances[instance]?.exports.get(name);
    if (from?.kind === 'imported' && entity?.kind === 'function') {
      this.#functions.push({ kind: 'imported', interface: from.name, name, type: entity.type });
    } else {
      this.#functions.push({ kind: 'unknown' });
    }
  }

  aliasCoreExport(sort: number, instance: number, name: string): void {
    if (sort === sorts.coreFunction) this.#coreFunctions.push({ kind: 'export', instance, name });
    else if (sort === sorts.coreTable) this.#tables.push({ instance, name });
    else if (sort === sorts.coreMemory) this.#memories.push({ instance, name });
    else if (sort === sorts.coreGlobal) this.#globals.push({ instance, name });
    else this.#note(`it aliases a core export of sort ${sort - 0x100}`);
  }

  /** Throws `NotLinkable`. */
  plan(): LinkPlan {
    if (this.#problem !== undefined) throw new NotLinkable(this.#problem);
    return {
      modules: this.#modules,
      instances: this.#coreInstances,
      functions: this.#coreFunctions,
      tables: this.#tables,
      memories: this.#memories,
      globals: this.#globals,
      exports: this.#exports,
    };
  }

  #exportFunction(owner: string | undefined, name: string, index: number): void {
    const lifted = this.#functions[index];
    if (lifted?.kind !== 'lifted') return;
    const { core, type, options } = lifted;
    this.#exports.push({ interface: owner, name, type, core, options });
  }

  #readCanonical(reader: BinaryReader): void {
    const form = reader.byte();
    switch (form) {
      case 0x00: {
        reader.byte();
        const core = reader.u32();
        const options = this.#readOptions(reader);
        const entity = this.#scope.types[reader.u32()];
        const isFunction = entity?.kind === 'function';
        this.#functions.push(
          isFunction ? { kind: 'lifted', core, type: entity.type, options } : { kind: 'unknown' },
        );
        return;
      }
      case 0x01: {
        reader.byte();
        const lowered = this.#functions[reader.u32()];
        const { memory, realloc } = this.#readOptions(reader);
        if (lowered?.kind !== 'imported') {
          this.#note('it lowers a function that it does not import from an interface');
          return;
        }
        const { kind: _, ...imported } = lowered;
        this.#coreFunctions.push({ kind: 'import', function: imported, memory, realloc });
        return;
      }
      case 0x03: {
        const entity = this.#scope.types[reader.u32()];
        if (entity?.kind === 'type') this.#coreFunctions.push({ kind: 'drop', resource: entity.type });
        else this.#note('it drops a resource of unknown type');
        return;
      }
      default:
        // What follows in the section can't be told apart.
        this.#note(`it uses the canonical built-in 0x${form.toString(16).padStart(2, '0')}`);
        reader.rest();
    }
  }

  #readOptions(reader: BinaryReader): CanonicalOptions {
    const options: { memory?: number; realloc?: number; postReturn?: number } = {};
    reader.vector((item) => {
      const form = item.byte();
      if (form === 0x01 || form === 0x02) this.#note('its strings are no UTF-8');
      else if (form === 0x03) options.memory = item.u32();
      else if (form === 0x04) options.realloc = item.u32();
      else if (form === 0x05) options.postReturn = item.u32();
      else if (form !== 0x00) {
        this.#note('it uses asynchronous functions');
        if (form === 0x07) item.u32();
      }
    });
    return options;
  }

  #note(problem: string): void {
    this.#problem ??= problem;
  }
}

function readCoreInstance(reader: BinaryReader): CoreInstancePlan {
  if (reader.byte() === 0) {
    const module = reader.u32();
    const imports = reader.vector((item) => {
      const name = item.name();
      item.byte();
      return { name, instance: item.u32() };
    });
    return { kind: 'module', module, imports };
  }
  const items = reader.vector((item) => {
    const name = item.name();
    const sort = coreSorts[item.byte()];
    if (sort === undefined) throw new TypeError(`unknown core sort at byte ${item.position}`);
    return { name, sort, index: item.u32() };
  });
  return { kind: 'exports', items };
}

/** Whether a nested component has nothing but types, imports, exports and aliases. */
function isRenaming(section: BinaryReader): boolean {
  const reader = new BinaryReader(section.rest(), 8);
  while (!reader.done) {
    const id = reader.byte();
    reader.slice(reader.u32());
    if (![0, 6, 7, 10, 11].includes(id)) return false;
  }
  return true;
}
