import { setTimeout as sleep } from 'node:timers/promises';
import { isError } from '../../../../shared/is-error.ts';
import { AnswerTimes } from '../answer-times.ts';
import { StoreError } from '../backend.ts';
import { backOff } from '../backoff.ts';
import type { BackendContext } from '../definition.ts';
import { retryDelay, ServerLink } from '../server-link.ts';
import { loginTo, openFirst, secretsOf } from './login.ts';
import { postgresAdvice } from './postgres-advice.ts';
import type { PostgresOptions } from './postgres-options.ts';
import { type PostgresPlace, parsePlace, placeText } from './postgres-url.ts';
import { type Answer, type Parameter, Session } from './session.ts';
import type { Login } from './session-client.ts';
import { ServerRefusal } from './session-errors.ts';
import { errorCaseOf, isConflict, isReadOnly } from './sqlstate.ts';

/** The wait before the second attempt to connect, in milliseconds. */
const shortestDelay = 100;
/** A session that has lived so long, in milliseconds, was a good one: the next one is tried at once. */
const longLife = 1000;
/** How long no further session is tried where the last one was refused, in milliseconds. */
const refusedPause = 10_000;

/** The connections that all buckets of one backend share; there is at least one, made again for ever. */
export class PostgresConnection {
  readonly place: PostgresPlace;
  readonly link: ServerLink;
  readonly #options: PostgresOptions;
  readonly #times: AnswerTimes;
  readonly #sessions = new Set<Session>();
  readonly #closing = new AbortController();
  #allGone = Promise.withResolvers<void>();
  /** When an answer came last, in milliseconds of `performance.now()`. */
  #answered = 0;
  #isGrowing = false;
  #growsAgain = 0;

  constructor(options: PostgresOptions, context: BackendContext) {
    this.#options = options;
    this.place = parsePlace(options.url, 'backend postgres');
    const name = `postgres at ${placeText(this.place)}`;
    const secrets = secretsOf(options, this.place);
    this.link = new ServerLink({ name, secrets, advice: postgresAdvice }, context);
    this.#times = new AnswerTimes(context.operationTimeout);
    this.#keepConnected().catch((error: Error) => this.link.failed(this.link.explained(error.message)));
  }

  close(): void {
    this.#closing.abort();
    this.link.close();
    this.#times.close();
    for (const session of this.#sessions) session.end();
  }

  /** Sends a statement; one that has lost against another one is sent again. Every failure is a `StoreError`. */
  run(text: string, parameters: readonly Parameter[]): Promise<Answer> {
    return this.during((session) => session.run(text, parameters));
  }

  /**
   * Does something on one of the connections. It may be done again where another statement came in its way, which has undone it.
   * @throws {StoreError}
   */
  async during<T>(act: (session: Session) => Promise<T>): Promise<T> {
    const deadline = this.link.deadline();
    for (let attempt = 0; ; attempt += 1) {
      if (!this.link.isReady) await this.link.available(deadline);
      const session = this.#leastBusy();
      if (session === undefined) throw this.link.away('the connection was closed');
      try {
        return await this.#inTime(session, act(session));
      } catch (error) {
        const isLost = error instanceof ServerRefusal && isConflict(error.sqlState);
        if (!isLost || performance.now() > deadline) throw this.#failed(error);
      }
      await backOff(attempt);
    }
  }

  #inTime<T>(session: Session, answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const awaited = this.#times.begin(() => {
        reject(this.link.late());
        // One on which nothing was understood for as long as an operation may take is not waited for any longer.
        if (performance.now() - this.#answered >= this.link.timeout)
          for (const one of this.#sessions) one.destroy();
        else session.destroy();
      });
      answer.then(
        (result) => {
          this.#heard();
          this.#times.end(awaited);
          resolve(result);
        },
        (error: unknown) => {
          if (error instanceof ServerRefusal) this.#heard();
          this.#times.end(awaited);
          reject(error);
        },
      );
    });
  }

  #heard(): void {
    this.#answered = performance.now();
    this.link.answered();
  }

  /** The session with the fewest statements under way; where all have some, a further one is made for the next statement. */
  #leastBusy(): Session | undefined {
    let best: Session | undefined;
    for (const session of this.#sessions) {
      if (best === undefined || session.pending < best.pending) best = session;
    }
    if (best !== undefined && best.pending > 0) this.#grow(best);
    return best;
  }

  #grow({ address }: Session): void {
    const isFull = this.#sessions.size >= this.place.poolSize;
    if (isFull || this.#isGrowing || performance.now() < this.#growsAgain) return;
    this.#isGrowing = true;
    this.#login()
      .then((login) => Session.open(address, login, this.link.timeout))
      .then((session) => this.#keep(session))
      .catch(() => {
        // The server may have no room for more; what there is goes on.
        this.#growsAgain = performance.now() + refusedPause;
      })
      .finally(() => {
        this.#isGrowing = false;
      });
  }

  #keep(session: Session): void {
    if (this.#closing.signal.aborted) {
      session.end();
      return;
    }
    this.#sessions.add(session);
    void session.closed.then(() => {
      this.#sessions.delete(session);
      if (this.#sessions.size === 0) this.#allGone.resolve();
    });
  }

  async #keepConnected(): Promise<void> {
    const { signal } = this.#closing;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        const login = await this.#login();
        const session = await openFirst(this.place.addresses, login, this.link.timeout);
        const began = performance.now();
        this.#allGone = Promise.withResolvers();
        this.#keep(session);
        if (signal.aborted) return;
        this.link.ready();
        await this.#allGone.promise;
        if (signal.aborted) return;
        this.link.lost();
        if (performance.now() - began > longLife) {
          attempt = -1;
          continue;
        }
      } catch (error) {
        const reason = isError(error) ? error.message : String(error);
        const errorCase = error instanceof ServerRefusal ? errorCaseOf(error.sqlState) : 'other';
        this.link.failed(
          this.link.explained(reason),
          errorCase === 'access-denied' ? errorCase : 'store-unavailable',
        );
      }
      await sleep(retryDelay(attempt, shortestDelay), undefined, { signal, ref: false }).catch(() => {});
    }
  }

  #login(): Promise<Login> {
    return loginTo(this.place, this.#options, { statementTimeout: this.link.timeout });
  }

  #failed(error: unknown): StoreError {
    if (error instanceof StoreError) return error;
    if (!(error instanceof ServerRefusal)) return this.link.interrupted();
    // After a failover the old primary follows the new one, which is to be looked for.
    if (isReadOnly(error.sqlState) && this.place.addresses.length > 1) {
      for (const session of this.#sessions) session.destroy();
    }
    return new Refusal(this.link, error);
  }
}

/** A statement was refused, and has changed nothing. */
export class Refusal extends StoreError {
  readonly sqlState: string;

  constructor(link: ServerLink, { message, sqlState }: ServerRefusal) {
    const reason = `${link.name} refused: ${link.explained(message)}`;
    super(errorCaseOf(sqlState), reason, { changed: 'nothing' });
    this.sqlState = sqlState;
  }
}
