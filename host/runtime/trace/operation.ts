import type { Attribute } from './attribute.ts';

/** What an interface says of one of its operations. */
export interface OperationTraits {
  /**
   * What it does with what it is done to. Opening changes nothing and counts only where it fails; telling is no operation on anything, and
   * is shown only among what happened around it.
   */
  readonly effect: 'open' | 'read' | 'write' | 'delete' | 'tell';
  /** Whether it belongs to an atomic change. Default false. */
  readonly isAtomic?: boolean;
  /** Whether other operations may belong to it, as what a component does for another one that called it. Default false. */
  readonly isParent?: boolean;
  /** What its records say, in the order in which a line of text says it. */
  readonly attributes: readonly Attribute[];
}

/** One operation of an interface. */
export interface Operation<Name extends string = string> extends OperationTraits {
  /** Such as `wasi:keyvalue`. */
  readonly interface: string;
  /** By its name in WIT. */
  readonly name: Name;
  /** Its place among the operations of its interface. */
  readonly place: number;
  /** What the thing is called that it is done to, and what a part of that is called: `bucket` and `key`. */
  readonly targetName: string;
  readonly itemName: string;
}

/** What an interface records. */
export interface OperationTable<Name extends string = string> {
  readonly interface: string;
  readonly operations: Readonly<Record<Name, Operation<Name>>>;
}

/**
 * Describes the operations of an interface, for its records and for everybody who reads them.
 *
 * @param target what the things are called that its operations are done to, such as `bucket`
 * @param item what a part of such a thing is called, such as `key`
 */
export function describeOperations<Name extends string>(
  {
    interface: name,
    target,
    item,
  }: { readonly interface: string; readonly target: string; readonly item: string },
  traits: Readonly<Record<Name, OperationTraits>>,
): OperationTable<Name> {
  const names = Object.keys(traits) as Name[];
  const described = names.map((operation, place): [Name, Operation<Name>] => [
    operation,
    { ...traits[operation], interface: name, name: operation, place, targetName: target, itemName: item },
  ]);
  return { interface: name, operations: Object.fromEntries(described) as Record<Name, Operation<Name>> };
}
