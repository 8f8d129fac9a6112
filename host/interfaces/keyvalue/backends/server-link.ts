import { StoreError, type StoreErrorCase } from './backend.ts';
import type { BackendContext } from './definition.ts';
import { type Advice, advised } from './server-advice.ts';

/** The longest time between two attempts to connect, in milliseconds. */
const longestDelay = 1000;

/**
 * How long to wait before a server is connected to again, in milliseconds.
 * @param attempt counted from 0
 * @param shortest the wait after the first attempt
 */
export function retryDelay(attempt: number, shortest: number): number {
  return Math.min(shortest * 2 ** Math.min(attempt, 10), longestDelay);
}

/** What is said of a server. */
interface ServerFacts {
  /** For people, without secrets: `redis at 127.0.0.1:6379`. */
  readonly name: string;
  readonly advice: Advice;
  /** What must not appear in any message. */
  readonly secrets: readonly string[];
}

/**
 * The connection to a server as those who use it see it: whether it stands, how long to wait for it, and the words for what goes
 * wrong. Whoever keeps it tells what becomes of it and connects again for ever; the user hears once that the server is away, and
 * once that it is back.
 */
export class ServerLink {
  readonly name: string;
  readonly #facts: ServerFacts;
  readonly #context: BackendContext;
  #isReady = false;
  #isClosed = false;
  /** Why the last attempt failed; undefined while the outcome is open. */
  #failure: { readonly reason: string; readonly errorCase: StoreErrorCase } | undefined;
  /** Told of the next outcome. */
  readonly #waiting = new Set<() => void>();
  /** What was told of it last: that it is away, or that it refuses; undefined where it is back. */
  #told: 'away' | 'refusing' | undefined;
  /** Whether requests are sent and nothing comes back. */
  #isSilent = false;

  constructor(facts: ServerFacts, context: BackendContext) {
    this.name = facts.name;
    this.#facts = facts;
    this.#context = context;
  }

  /** Whether requests can be sent. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** How long an answer may take, in milliseconds. */
  get timeout(): number {
    return this.#context.operationTimeout;
  }

  /** The time by which an operation that begins now has to end, in milliseconds of `performance.now()`. */
  deadline(): number {
    return performance.now() + this.timeout;
  }

  /** The host's clock, in milliseconds since 1970. */
  now(): number {
    return this.#context.now();
  }

  /** Whether that is another time than the machine's. */
  get isMoved(): boolean {
    return this.#context.isMoved?.() ?? this.#context.now !== Date.now;
  }

  /** Tells the user something about the server. */
  tell(text: string): void {
    this.#context.tell(`${this.name}: ${text}`);
  }

  /** The connection stands. */
  ready(): void {
    this.#isReady = true;
    this.#failure = undefined;
    this.#settle();
    this.#tellBack();
  }

  /** The connection is lost. The next attempt comes at once; whoever calls now waits for its outcome. */
  lost(): void {
    this.#isReady = false;
    this.#failure = undefined;
    this.#tellAway('the connection was closed');
  }

  /**
   * An attempt to connect has failed.
   * @param reason see `explained`
   * @param errorCase what whoever calls is told
   */
  failed(reason: string, errorCase: StoreErrorCase = 'store-unavailable'): void {
    this.#failure = { reason, errorCase };
    this.#settle();
    this.#tellAway(reason);
  }

  /** An answer has come. */
  answered(): void {
    if (this.#isSilent) this.#tellBack();
  }

  close(): void {
    this.#isClosed = true;
    this.#settle();
  }

  /**
   * Resolves when requests can be sent.
   * @param deadline milliseconds of `performance.now()`
   * @throws {StoreError} as soon as an attempt to connect has failed
   */
  async available(deadline: number): Promise<void> {
    while (!this.#isReady) {
      if (this.#isClosed) throw this.away('it was closed');
      if (this.#failure !== undefined) throw this.away(this.#failure.reason, this.#failure.errorCase);
      if (!(await this.#outcome(deadline)))
        throw this.away(this.explained(`no connection after ${this.timeout} ms`));
    }
  }

  /** A message of the server or its client with what it means, without secrets. */
  explained(message: string): string {
    return advised(this.redacted(message), this.#facts.advice);
  }

  redacted(message: string): string {
    return this.#facts.secrets.reduce((redacted, secret) => redacted.replaceAll(secret, '***'), message);
  }

  /** Nothing was sent, because the server can't be used. */
  away(reason: string, errorCase: StoreErrorCase = 'store-unavailable'): StoreError {
    return new StoreError(errorCase, absenceOf(this.name, reason), { changed: 'nothing' });
  }

  /** No answer came in time; the user is told. */
  late(options?: ErrorOptions): StoreError {
    const reason = `gave no answer within ${this.timeout} ms`;
    this.#isSilent = true;
    this.#tellAway(`it ${reason}`);
    return new StoreError('timeout', `${this.name} ${reason}`, { ...options, changed: 'unknown' });
  }

  /** The connection ended between request and answer. */
  interrupted(options?: ErrorOptions): StoreError {
    const reason = `${this.name} lost the connection before it answered`;
    return new StoreError('store-unavailable', reason, { ...options, changed: 'unknown' });
  }

  /** The server said no. @param reason see `explained` */
  refused(reason: string, errorCase: StoreErrorCase = 'other', options?: ErrorOptions): StoreError {
    return new StoreError(errorCase, `${this.name} refused: ${reason}`, options);
  }

  /** Whether an attempt to connect had an outcome in time. */
  async #outcome(deadline: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const settle = () => resolve(true);
    this.#waiting.add(settle);
    const late = setTimeout(() => resolve(false), Math.max(0, deadline - performance.now()));
    try {
      return await promise;
    } finally {
      clearTimeout(late);
      this.#waiting.delete(settle);
    }
  }

  #settle(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  #tellBack(): void {
    this.#isSilent = false;
    if (this.#told !== undefined) this.#context.tell(`${this.name} is back`);
    this.#told = undefined;
  }

  /** Nothing is new of a server that is away, unless it is there again and refuses. */
  #tellAway(reason: string): void {
    const state = isLockedOut(reason) ? 'refusing' : 'away';
    if (this.#isClosed || this.#told === 'refusing' || this.#told === state) return;
    this.#told = state;
    const until = state === 'refusing' ? 'until it takes the connection' : 'until it is back';
    this.#context.tell(`${absenceOf(this.name, reason)}; trying again ${until}`);
  }
}

/** What is said of a server that can't be used. One that is there and refuses is not away. */
function absenceOf(server: string, reason: string): string {
  return `${server} ${isLockedOut(reason) ? 'refuses the connection' : 'is away'}: ${reason}`;
}

/** What Redis, NATS and PostgreSQL say to whom they don't let in. */
const lockedOut = new RegExp(
  [
    '^(NOAUTH|WRONGPASS|ERR (invalid password|.*AUTH|DB index is out of range))',
    'authorization|authentication',
    'no pg_hba.conf entry|^(role|database) ".*" does not exist|permission denied for database',
  ].join('|'),
  'i',
);

/** Whether a server is there, and lets nobody in who does not know better. */
function isLockedOut(message: string): boolean {
  return lockedOut.test(message);
}
