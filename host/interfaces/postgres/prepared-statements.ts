import { randomUUID } from 'node:crypto';
import { mostPrepared } from './limits.ts';

/** A statement that the server has understood. */
export interface PreparedStatement {
  readonly text: string;
  /** How many it takes. */
  readonly parameters: number;
}

/** The statements that a component has prepared on this thread, by their tokens. */
export class PreparedStatements {
  readonly #statements = new Map<string, PreparedStatement>();

  add(statement: PreparedStatement): string {
    const token = randomUUID();
    this.#statements.set(token, statement);
    const [first] = this.#statements.size > mostPrepared ? this.#statements.keys() : [];
    if (first !== undefined) this.#statements.delete(first);
    return token;
  }

  get(token: string): PreparedStatement | undefined {
    return this.#statements.get(token);
  }
}
