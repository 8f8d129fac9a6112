import { StoreError } from '../backend.ts';
import { type PostgresConnection, Refusal } from './postgres-connection.ts';
import type { Answer, Parameter, Session } from './session.ts';
import { isMissingTable } from './sqlstate.ts';
import { quoted, type Statements, statementsFor, sweepSize } from './statements.ts';

/** How long it takes until what has ended is looked for again, in milliseconds. */
const sweepInterval = 60_000;

/** The table with all buckets of one backend; it is made when it is first needed, and again where somebody has removed it. */
export class PostgresTable {
  readonly statements: Statements;
  readonly #connection: PostgresConnection;
  readonly #schema: string;
  #making: Promise<void> | undefined;
  #swept = performance.now();

  constructor(connection: PostgresConnection) {
    this.#connection = connection;
    this.#schema = connection.place.schema;
    this.statements = statementsFor(this.#schema);
  }

  /** The host's clock, in whole milliseconds since 1970. */
  now(): number {
    return Math.floor(this.#connection.link.now());
  }

  /** The time by which an operation that begins now has to end, in milliseconds of `performance.now()`. */
  deadline(): number {
    return this.#connection.link.deadline();
  }

  /** Runs one statement. Every failure is a `StoreError`. */
  run(statement: keyof Statements, parameters: readonly Parameter[]): Promise<Answer> {
    return this.#made(() => this.#connection.run(this.statements[statement], parameters));
  }

  /** Runs several statements: all of them happen or nothing. */
  transaction(act: (run: Session['run']) => Promise<void>): Promise<void> {
    return this.#made(() => this.#connection.during((session) => session.transaction(act)));
  }

  /** Something was written: now and then, what has ended some time ago is removed, which nobody waits for. */
  changed(): void {
    const now = performance.now();
    if (now - this.#swept < sweepInterval) return;
    this.#swept = now;
    // What stays now goes the next time.
    this.#sweep().catch(() => {});
  }

  async #sweep(): Promise<void> {
    for (;;) {
      const { count } = await this.#connection.run(this.statements.sweep, [String(this.now())]);
      if (count < sweepSize) return;
    }
  }

  async #made<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof Refusal) || !isMissingTable(error.sqlState)) throw error;
    }
    this.#making ??= this.#make().finally(() => {
      this.#making = undefined;
    });
    await this.#making;
    return await act();
  }

  async #make(): Promise<void> {
    const names = [quoted(this.#schema), `${quoted(this.#schema)}.entries`];
    const look = await this.#connection.run(this.statements.look, names);
    const [hasSchema, hasTable] = (look.rows[0] ?? []).map(
      (cell) => String(cell && Buffer.from(cell)) === 't',
    );
    const batch = (text: string): Promise<void> =>
      this.#connection.during((session) => session.runBatch(text));
    try {
      // Making what is there needs rights, too.
      if (hasSchema !== true) await batch(this.statements.makeSchema);
      if (hasTable !== true) await batch(this.statements.makeTable);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      throw new StoreError(error.case, `the schema ${this.#schema} can't be made: ${error.message}`, {
        changed: 'nothing',
      });
    }
  }
}
