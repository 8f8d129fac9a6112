import { reasonOf } from '../../shared/host-error.ts';
import { loginTo, openFirst, secretsOf } from '../keyvalue/backends/postgres/login.ts';
import { postgresAdvice } from '../keyvalue/backends/postgres/postgres-advice.ts';
import { parsePlace, placeText } from '../keyvalue/backends/postgres/postgres-url.ts';
import type { Cell, Column, Session } from '../keyvalue/backends/postgres/session.ts';
import { CopyRefusal, ServerRefusal } from '../keyvalue/backends/postgres/session-errors.ts';
import { ServerLink } from '../keyvalue/backends/server-link.ts';
import { Failure, failureOfStore, refusalOf } from './failure.ts';
import { connectionTimeout } from './limits.ts';
import { Pool } from './pool.ts';
import { mayLeaveState } from './statement-text.ts';
import { caseOf } from './values/pg-value.ts';

/** How a session writes values as text, whatever the database says: see `values/`. */
const textForms = {
  DateStyle: 'ISO',
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: '1',
  lc_monetary: 'C',
  standard_conforming_strings: 'on',
};

/** The types that have a case by their names, and those whose values are text. */
const typesOfExtensions = `SELECT oid, CASE typname WHEN 'hstore' THEN 'hstore' ELSE 'text' END FROM pg_catalog.pg_type
  WHERE typname IN ('hstore', 'citext') OR typtype = 'e'`;

/** What the thread says of a database, and its clock. */
interface Surroundings {
  now(): number;
  tell(text: string): void;
}

/** A database that components of one thread reach. */
export class Database {
  /** For people, in records: the name of the database. */
  readonly name: string;
  readonly #pool: Pool;
  readonly #link: ServerLink;
  /** The cases of types that extensions bring, and of enumerations. */
  readonly #types = new Map<number, string>();
  #areTypesStale = true;

  /** @throws {StoreError} for a URL that can't be meant */
  constructor(url: string, { now, tell }: Surroundings) {
    const place = parsePlace(url, 'dev.postgres_url');
    this.name = place.database ?? place.user ?? 'postgres';
    const facts = {
      name: `postgres at ${placeText(place)}`,
      secrets: secretsOf({ url }, place),
      advice: postgresAdvice,
    };
    const link = new ServerLink(facts, { now, tell, operationTimeout: connectionTimeout });
    this.#link = link;
    this.#pool = new Pool(place, async () => {
      try {
        const login = await loginTo(place, { url }, { statementTimeout: 0, settings: textForms });
        const session = await openFirst(place.addresses, login, connectionTimeout);
        link.ready();
        return session;
      } catch (error) {
        const reason = link.explained(reasonOf(error));
        link.failed(reason);
        throw failureOfStore(link.away(reason));
      }
    });
  }

  /**
   * Does something in a session of its own. What a statement may have left there is gone before the next one has it.
   * @param text what is sent, to tell by
   * @param onSession told of the session, by which it can be ended meanwhile
   * @throws {Failure}
   */
  async during<T>(
    text: string,
    onSession: (end: () => void) => () => void,
    act: (session: Session) => Promise<T>,
  ): Promise<T> {
    const session = await this.#pool.take();
    const ended = onSession(() => {
      session.cancel();
      session.destroy();
    });
    try {
      if (this.#areTypesStale) await this.#learnTypes(session);
      const result = await act(session);
      await this.#giveBack(session, text);
      return result;
    } catch (error) {
      if (error instanceof ServerRefusal || error instanceof Failure) await this.#giveBack(session, text);
      else session.destroy();
      throw this.#failed(error);
    } finally {
      ended();
    }
  }

  /**
   * The case of `pg-value` that the values of a column have.
   * @throws {Failure} for a type that has none
   */
  caseOf({ name, type }: Column): string {
    const found = caseOf(type) ?? this.#types.get(type);
    if (found !== undefined) return found;
    // It may have been made since.
    this.#areTypesStale = true;
    throw new Failure(
      'value-conversion-failed',
      `column ${JSON.stringify(name)} is of a type that pg-value has no case for (${type} in pg_type): cast it, as in ${name}::text`,
    );
  }

  async #learnTypes(session: Session): Promise<void> {
    this.#areTypesStale = false;
    const { rows } = await session.run(typesOfExtensions, []);
    for (const [type, name] of rows) this.#types.set(Number(textOf(type)), textOf(name));
  }

  async #giveBack(session: Session, text: string): Promise<void> {
    try {
      if (mayLeaveState(text)) {
        await session.runBatch('ROLLBACK');
        await session.runBatch('DISCARD ALL');
      }
      this.#pool.give(session);
    } catch {
      session.destroy();
    }
  }

  #failed(error: unknown): unknown {
    if (error instanceof Failure) return error;
    if (error instanceof CopyRefusal) return new Failure('invalid-query', error.message);
    if (error instanceof ServerRefusal) {
      const message = this.#link.redacted(error.message);
      // Where the count of the parameters is wrong, the server speaks of its protocol.
      if (error.sqlState === '08P01' && /parameter/.test(message))
        return new Failure('invalid-params', message);
      return refusalOf(message, error.sqlState, error.fields);
    }
    return failureOfStore(this.#link.interrupted());
  }
}

function textOf(cell: Cell | undefined): string {
  return cell == null ? '' : Buffer.from(cell).toString();
}
