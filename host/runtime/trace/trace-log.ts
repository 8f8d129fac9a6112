import { lengthOf } from '../../shared/packed-strings.ts';
import type { Values } from './attribute.ts';
import type { Operation, OperationTable } from './operation.ts';
import { noTrace, type PackedTrace } from './packed-trace.ts';
import type { CallSpan } from './span-context.ts';
import type { TracedOperations } from './traced-operations.ts';

/** A longer item or target of an operation is none that it could be done to, and a longer error says nothing more. */
const longestItem = 65_536;
const longestError = 1000;
/** How long an operation may have been the last sign of a guest that makes operations, in milliseconds. */
const progressEvery = 500;

/** How many records of one request are kept, and characters of their texts: the first ones, and as many of the last. */
export interface TraceBounds {
  readonly records: number;
  readonly text: number;
}

/** What a host keeps. */
export const defaultBounds: TraceBounds = { records: 500, text: 512 * 1024 };

/** What is noted in one piece. */
interface Part {
  readonly text: string;
  readonly numbers: readonly number[];
  readonly count: number;
}

/** What a guest does in one request at a time. Of much, most is not kept: a guest may make millions of operations. */
export class TraceLog {
  readonly #operations: TracedOperations;
  readonly #bounds: TraceBounds;
  readonly #progress: () => void;
  #text = '';
  #numbers: number[] = [];
  #count = 0;
  /** Full parts: the first ones, and the last ones before those above. */
  #first: Part | undefined;
  #last: Part | undefined;
  #omitted = 0;
  #begun = 0;
  #told = 0;
  #lastId = 0;
  #span: CallSpan | undefined;
  /** What notes the operations that are still under way. */
  readonly #open = new Set<() => void>();

  /**
   * @param operations those that may be noted
   * @param progress called every half second while operations are made
   */
  constructor(
    operations: TracedOperations,
    bounds: TraceBounds = defaultBounds,
    progress: () => void = () => {},
  ) {
    this.#operations = operations;
    this.#bounds = bounds;
    this.#progress = progress;
  }

  /**
   * Where an interface notes its operations.
   *
   * @param parent the id of the operation that they all belong to; 0: they belong to none
   */
  of(table: OperationTable, parent = 0): InterfaceTrace {
    return new InterfaceTrace(this, this.#operations.firstCode(table), parent);
  }

  /** The span of the request; absent where nobody traces. */
  get span(): CallSpan | undefined {
    return this.#span;
  }

  /** A request begins. @param span of it; absent where nobody traces */
  begin(span?: CallSpan): void {
    this.#span = span;
    this.#begun = performance.now();
    this.#told = this.#begun;
    this.#lastId = 0;
  }

  /** The id of an operation that begins, so that others can be said to belong to it. */
  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** For `InterfaceTrace`, which says what the parameters are. */
  note(
    code: number,
    parent: number,
    operation: Operation,
    target: string,
    item: string | undefined,
    values: Values,
    error: string | undefined,
    started: number,
    id: number,
  ): void {
    // The answer to a guest that was given up: the instance serves another request by now.
    if (started < this.#begun) return;
    const now = performance.now();
    const keptItem = item !== undefined && item.length > longestItem ? item.slice(0, longestItem) : item;
    const reason = error !== undefined && error.length > longestError ? error.slice(0, longestError) : error;
    this.#text += target;
    if (keptItem !== undefined) this.#text += keptItem;
    if (reason !== undefined) this.#text += reason;
    this.#numbers.push(
      code,
      parent,
      started - this.#begun,
      now - started,
      target.length,
      lengthOf(keptItem),
      lengthOf(reason),
    );
    if (operation.isParent === true) this.#numbers.push(id);
    for (let index = 0; index < operation.attributes.length; index += 1) {
      const value = values[index];
      if (typeof value === 'number') this.#numbers.push(value);
      else if (typeof value === 'boolean') this.#numbers.push(value ? 1 : 0);
      else {
        if (value !== undefined) this.#text += value;
        this.#numbers.push(lengthOf(value));
      }
    }
    this.#count += 1;
    const { records, text } = this.#bounds;
    if (this.#count >= records || this.#text.length >= text) this.#fill();
    if (now - this.#told > progressEvery) {
      this.#told = now;
      this.#progress();
    }
  }

  /**
   * An operation goes on beside the guest, which may end before it does: it is noted by `note` then at the latest. The answer takes
   * that back.
   */
  keepOpen(note: () => void): () => void {
    this.#open.add(note);
    return () => this.#open.delete(note);
  }

  /** What was noted since the last call. */
  take(): PackedTrace {
    if (this.#open.size > 0) {
      for (const note of this.#open) note();
      this.#open.clear();
    }
    const first = this.#first;
    const span = this.#span;
    if (this.#count === 0 && first === undefined) return span === undefined ? noTrace : { ...noTrace, span };
    const last = this.#last;
    const packed = {
      text: (first?.text ?? '') + (last?.text ?? '') + this.#text,
      numbers:
        first === undefined ? this.#numbers : [...first.numbers, ...(last?.numbers ?? []), ...this.#numbers],
      omitted: this.#omitted,
      ...(span === undefined ? {} : { span }),
    };
    this.#empty();
    this.#first = undefined;
    this.#last = undefined;
    this.#omitted = 0;
    return packed;
  }

  /** Forgets what was noted since the last `take`. */
  clear(): void {
    // A set that is cleared is made anew.
    if (this.#open.size > 0) this.#open.clear();
    if (this.#count > 0 || this.#first !== undefined) this.take();
  }

  /** A part is full. */
  #fill(): void {
    const part = { text: this.#text, numbers: this.#numbers, count: this.#count };
    if (this.#first === undefined) this.#first = part;
    else {
      this.#omitted += this.#last?.count ?? 0;
      this.#last = part;
    }
    this.#empty();
  }

  #empty(): void {
    this.#text = '';
    this.#numbers = [];
    this.#count = 0;
  }
}

/** Where an interface notes its operations. */
export class InterfaceTrace {
  readonly #log: TraceLog;
  readonly #firstCode: number;
  readonly #parent: number;

  constructor(log: TraceLog, firstCode: number, parent: number) {
    this.#log = log;
    this.#firstCode = firstCode;
    this.#parent = parent;
  }

  /** That of the request that is served now: to be asked for when an operation begins, as another may be served when it ends. */
  current(): Pick<InterfaceTrace, 'note'> {
    return this;
  }

  /**
   * Notes an operation that has ended now.
   *
   * @param operation one of the interface
   * @param item undefined where it is not about a single one
   * @param values of its attributes, in the order in which it names them; those that are missing are absent
   * @param started the moment at which it was called, by `performance.now()`
   * @param id of `TraceLog.nextId`, where others may belong to it
   */
  note(
    operation: Operation,
    target: string,
    item: string | undefined,
    values: Values,
    error: string | undefined,
    started: number,
    id = 0,
  ): void {
    this.#log.note(
      this.#firstCode + operation.place,
      this.#parent,
      operation,
      target,
      item,
      values,
      error,
      started,
      id,
    );
  }
}
