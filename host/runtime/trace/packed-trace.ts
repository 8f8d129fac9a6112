import { absent, PackedStrings } from '../../shared/packed-strings.ts';
import type { Attribute, AttributeValue } from './attribute.ts';
import type { CallSpan } from './span-context.ts';
import type { TraceRecord } from './trace-record.ts';
import type { TracedOperations } from './traced-operations.ts';

/** Records as they travel between threads and wait to be looked at, which most never are. */
export interface PackedTrace {
  /** The texts of all of them, one after the other. */
  readonly text: string;
  /**
   * Of each: the number of its operation, the id of its parent or 0, start, milliseconds, how long target, item and error are; its own
   * id where it may be a parent; then its attributes, of a text the length. -1 stands for what is absent.
   */
  readonly numbers: readonly number[];
  /** How many were made between the first and the last ones, and are not kept. */
  readonly omitted: number;
  /** The span that they belong to; absent where nobody traces. */
  readonly span?: CallSpan;
}

export const noTrace: PackedTrace = { text: '', numbers: [], omitted: 0 };

/** Those that are kept, in the order in which they ended. */
export function unpackTrace({ text, numbers }: PackedTrace, operations: TracedOperations): TraceRecord[] {
  const records: (TraceRecord & { parent?: number })[] = [];
  const parents: number[] = [];
  const places = new Map<number, number>();
  const texts = new PackedStrings(text);
  let at = 0;
  const next = (): number => numbers[at++] ?? absent;
  const attribute = ({ form }: Attribute): AttributeValue | undefined => {
    const value = next();
    if (value === absent) return undefined;
    return form === 'flag' ? value === 1 : form === 'text' ? texts.next(value) : value;
  };
  while (at < numbers.length) {
    const operation = operations.at(next());
    parents.push(next());
    const [start, milliseconds] = [next(), next()];
    const target = texts.next(next());
    const item = texts.optional(next());
    const error = texts.optional(next());
    const id = operation.isParent === true ? next() : 0;
    if (id !== 0) places.set(id, records.length);
    const attributes: Record<string, AttributeValue> = {};
    for (const one of operation.attributes) {
      const value = attribute(one);
      if (value !== undefined) attributes[one.name] = value;
    }
    records.push({ operation, target, item, attributes, error, start, milliseconds });
  }
  for (const [index, record] of records.entries()) {
    const place = places.get(parents[index] ?? 0);
    if (place !== undefined) record.parent = place;
  }
  return records;
}
