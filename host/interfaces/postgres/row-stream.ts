import type { ChunkSource } from '../../engine/async/host-source.ts';
import type { PgValue } from './values/pg-value.ts';

/** A row as a guest has it. */
export type Row = readonly PgValue[];

/** Rows on their way from the server to a guest, which are asked for when the guest has read those before. */
export class RowStream implements ChunkSource {
  readonly #parts: (readonly Row[])[] = [];
  #reading: ((rows: readonly Row[] | undefined) => void) | undefined;
  #more: ((isWanted: boolean) => void) | undefined;
  #isOver = false;
  #isDropped = false;

  /** The server has sent some; resolves when more are wanted, or none any more. */
  put(rows: readonly Row[]): Promise<boolean> | boolean {
    if (this.#isDropped) return false;
    if (rows.length === 0) return true;
    const reading = this.#reading;
    this.#reading = undefined;
    if (reading === undefined) this.#parts.push(rows);
    else reading(rows);
    return new Promise((resolve) => {
      this.#more = resolve;
    });
  }

  /** There are no more. */
  end(): void {
    this.#isOver = true;
    this.#reading?.(undefined);
    this.#reading = undefined;
  }

  read(): Promise<readonly Row[] | undefined> | readonly Row[] | undefined {
    const part = this.#parts.shift();
    if (part !== undefined) return part;
    if (this.#isOver) return undefined;
    const { promise, resolve } = Promise.withResolvers<readonly Row[] | undefined>();
    this.#reading = resolve;
    this.#answer(true);
    return promise;
  }

  cancel(): void {
    this.#isDropped = true;
    this.#parts.length = 0;
    this.#answer(false);
  }

  #answer(isWanted: boolean): void {
    const more = this.#more;
    this.#more = undefined;
    more?.(isWanted);
  }
}
