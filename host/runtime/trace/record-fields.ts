import type { Attribute, Attributes, AttributeValue } from './attribute.ts';
import type { TraceRecord } from './trace-record.ts';
import type { TracedOperations } from './traced-operations.ts';

/** A record as one flat object, for JSON and for tests: target, item and attributes have the names that its interface gives them. */
export interface RecordFields {
  readonly interface: string;
  readonly op: string;
  readonly error?: string | undefined;
  readonly start: number;
  readonly milliseconds: number;
  readonly parent?: number;
  readonly [name: string]: AttributeValue | undefined;
}

export function fieldsOf(record: TraceRecord): RecordFields {
  const { operation, target, item, attributes, error, start, milliseconds, parent } = record;
  return {
    interface: operation.interface,
    op: operation.name,
    [operation.targetName]: target,
    ...(item === undefined ? {} : { [operation.itemName]: item }),
    ...attributes,
    ...(error === undefined ? {} : { error }),
    start,
    milliseconds,
    ...(parent === undefined ? {} : { parent }),
  };
}

/** The record that `fieldsOf` made them of; undefined for those of an operation that is none of these. */
export function recordOf(fields: RecordFields, operations: TracedOperations): TraceRecord | undefined {
  const operation = operations.find(fields.interface, fields.op);
  if (operation === undefined) return undefined;
  const { error, start, milliseconds, parent } = fields;
  const textOf = (name: string): string | undefined => {
    const value = fields[name];
    return value === undefined ? undefined : String(value);
  };
  return {
    operation,
    target: textOf(operation.targetName) ?? '',
    item: textOf(operation.itemName),
    attributes: attributesIn(fields, operation.attributes),
    error,
    start,
    milliseconds,
    ...(parent === undefined ? {} : { parent }),
  };
}

function attributesIn(fields: RecordFields, attributes: readonly Attribute[]): Attributes {
  return Object.fromEntries(
    attributes.flatMap(({ name }) => {
      const value = fields[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}
