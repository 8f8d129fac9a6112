import type { Operation, OperationTable } from './operation.ts';

/** All operations that a trace may have, numbered: both threads number them alike. */
export class TracedOperations {
  readonly #all: readonly Operation[];
  readonly #firstCodes: ReadonlyMap<OperationTable, number>;

  /** @param tables one of each interface */
  constructor(tables: readonly OperationTable[]) {
    const all: Operation[] = [];
    const firstCodes = new Map<OperationTable, number>();
    for (const table of tables) {
      firstCodes.set(table, all.length);
      all.push(...Object.values(table.operations));
    }
    this.#all = all;
    this.#firstCodes = firstCodes;
  }

  /** The number of a table's first operation; the others follow it. Throws where the table is not one of these. */
  firstCode(table: OperationTable): number {
    const code = this.#firstCodes.get(table);
    if (code === undefined) throw new Error(`the operations of ${table.interface} are not traced`);
    return code;
  }

  /** Throws where no operation has that number. */
  at(code: number): Operation {
    const operation = this.#all[code];
    if (operation === undefined) throw new Error(`no operation has the number ${code}`);
    return operation;
  }

  /** Undefined where there is none of that name. */
  find(interfaceName: string, name: string): Operation | undefined {
    return this.#all.find((one) => one.interface === interfaceName && one.name === name);
  }
}
