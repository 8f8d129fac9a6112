import type { Values } from '../trace/attribute.ts';
import type { Operation, OperationTable } from '../trace/operation.ts';
import type { CallSpan } from '../trace/span-context.ts';
import type { InterfaceTrace, TraceLog } from '../trace/trace-log.ts';
import type { GuestTrace } from './guest.ts';

/** Where interfaces note what an instance does for several requests: in the log of the one whose code runs. */
export class SharedTrace implements GuestTrace {
  readonly #current: () => TraceLog;

  constructor(current: () => TraceLog) {
    this.#current = current;
  }

  of(table: OperationTable, parent?: number): Pick<InterfaceTrace, 'note' | 'current'> {
    const current = (): InterfaceTrace => this.#current().of(table, parent);
    return {
      current,
      note(
        operation: Operation,
        target: string,
        item: string | undefined,
        values: Values,
        error: string | undefined,
        started: number,
        id?: number,
      ) {
        current().note(operation, target, item, values, error, started, id);
      },
    };
  }

  keepOpen(note: () => void): () => void {
    return this.#current().keepOpen(note);
  }

  nextId(): number {
    return this.#current().nextId();
  }

  get span(): CallSpan | undefined {
    return this.#current().span;
  }
}
