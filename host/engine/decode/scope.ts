import type { ImportedFunction, LiftedFunction } from '../link/link-plan.ts';
import type { BinaryReader } from './binary-reader.ts';
import type { FunctionType, WitType } from './wit-type.ts';

/** What an index of a component can stand for. */
export type Entity =
  | { readonly kind: 'type'; readonly type: WitType }
  /** A function, or a function's type where nothing says what is behind it. */
  | { readonly kind: 'function'; readonly type: FunctionType; readonly source?: FunctionSource }
  | { readonly kind: 'instance'; readonly type: InstanceType }
  /** A type of instances: each that is imported has resource types of its own. */
  | { readonly kind: 'instance-type'; readonly declare: () => InstanceType }
  | { readonly kind: 'component'; readonly definition: ComponentDefinition }
  | { readonly kind: 'module'; readonly module: number }
  | { readonly kind: 'other' };

/** What is called where a function of the component level is called. */
export type FunctionSource =
  | ({ readonly kind: 'imported' } & Omit<ImportedFunction, 'type'>)
  | ({ readonly kind: 'lifted' } & LiftedFunction);

/** The exports of an instance, by name. */
export interface InstanceType {
  readonly exports: Map<string, Entity>;
}

/** A component that stands within another, to be read for each instance of it. */
export interface ComponentDefinition {
  /** At its preamble. */
  readonly reader: BinaryReader;
  /** Of the component around it; absent for the outermost. */
  readonly scope: Scope | undefined;
}

/** The index spaces of a component, or of a component or instance type, and the ones around it. */
export class Scope {
  readonly outer: Scope | undefined;
  readonly types: Entity[] = [];
  readonly functions: Entity[] = [];
  readonly instances: InstanceType[] = [];
  readonly components: Entity[] = [];
  readonly modules: Entity[] = [];

  constructor(outer: Scope | undefined) {
    this.outer = outer;
  }

  /** The index space of a sort, other than those of instances and of core wasm; `undefined` for one that is not followed. */
  space(sort: number): Entity[] | undefined {
    switch (sort) {
      case sorts.type:
        return this.types;
      case sorts.function:
        return this.functions;
      case sorts.component:
        return this.components;
      case sorts.coreModule:
        return this.modules;
      default:
        return undefined;
    }
  }

  /** Adds what a definition of that sort brings. */
  add(sort: number, entity: Entity): void {
    if (sort === sorts.instance)
      this.instances.push(entity.kind === 'instance' ? entity.type : emptyInstance);
    else this.space(sort)?.push(entity);
  }

  /** What an index of that sort stands for. */
  at(sort: number, index: number): Entity {
    if (sort !== sorts.instance) return this.space(sort)?.[index] ?? other;
    const type = this.instances[index];
    return type === undefined ? other : { kind: 'instance', type };
  }
}

/** Sorts of a component's definitions, as the binary numbers them; see `readSort`. */
export const sorts = {
  function: 0x01,
  value: 0x02,
  type: 0x03,
  component: 0x04,
  instance: 0x05,
  coreFunction: 0x100,
  coreTable: 0x101,
  coreMemory: 0x102,
  coreGlobal: 0x103,
  coreTag: 0x104,
  coreModule: 0x111,
} as const;

export const other: Entity = { kind: 'other' };
export const emptyInstance: InstanceType = { exports: new Map() };
