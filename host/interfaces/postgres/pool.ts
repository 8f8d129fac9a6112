import type { PostgresPlace } from '../keyvalue/backends/postgres/postgres-url.ts';
import type { Session } from '../keyvalue/backends/postgres/session.ts';
import { Failure } from './failure.ts';
import { connectionTimeout } from './limits.ts';

/** A session that is wanted. */
interface Waiting {
  give(session: Session): void;
  fail(error: unknown): void;
}

/** The sessions of one database: each is used by one call at a time, and at most so many are open. */
export class Pool {
  readonly place: PostgresPlace;
  readonly #open: () => Promise<Session>;
  readonly #idle: Session[] = [];
  readonly #waiting: Waiting[] = [];
  /** Those that are open, or about to be. */
  #count = 0;

  /** @param open rejects with a `Failure` */
  constructor(place: PostgresPlace, open: () => Promise<Session>) {
    this.place = place;
    this.#open = open;
  }

  /** Throws a `Failure` where none is free in time, or none can be opened. */
  async take(): Promise<Session> {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (idle.isOpen) return idle;
    }
    const taken = this.#wait();
    if (this.#count < this.place.poolSize) this.#add();
    return await taken;
  }

  /** Somebody else may have it, where it has not ended. */
  give(session: Session): void {
    if (!session.isOpen) return;
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(session);
    else next.give(session);
  }

  #wait(): Promise<Session> {
    const { promise, resolve, reject } = Promise.withResolvers<Session>();
    const waiting: Waiting = {
      give(session) {
        clearTimeout(late);
        resolve(session);
      },
      fail(error) {
        clearTimeout(late);
        reject(error);
      },
    };
    const late = setTimeout(() => {
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      const all = `all ${this.place.poolSize} connections are in use`;
      reject(new Failure('timeout', `${all} for ${connectionTimeout} ms: raise ?pool_size= in the URL`));
    }, connectionTimeout);
    this.#waiting.push(waiting);
    return promise;
  }

  #add(): void {
    this.#count += 1;
    this.#open().then(
      (session) => {
        void session.closed.then(() => this.#gone(session));
        this.give(session);
      },
      (error: unknown) => {
        this.#count -= 1;
        // Whoever waits for others to be given back goes on waiting while there are some.
        if (this.#count > 0) this.#waiting.shift()?.fail(error);
        else for (const one of this.#waiting.splice(0)) one.fail(error);
      },
    );
  }

  #gone(session: Session): void {
    this.#count -= 1;
    const at = this.#idle.indexOf(session);
    if (at >= 0) this.#idle.splice(at, 1);
    if (this.#waiting.length > 0 && this.#count < this.place.poolSize) this.#add();
  }
}
