/** How much work is looked at together, in milliseconds. */
const window = 500;
/** So many times in a row requests have to be long to be called that: other programs take their share too. */
const longInRow = 3;
/** How often it is looked whether that much was done, in requests. */
const lookEvery = 32;
/** A request takes a thread no longer than this where requests are short, in milliseconds. */
const shortRequest = 0.05;
/** The same where requests wait for stores: stacks are switched, and stores have clients that work too. */
const shortWaitingRequest = 0.25;

/**
 * Tells from time to time whether requests are short or long on this thread. What was done first does not count, because the
 * engine had not compiled everything. Between the two it says nothing.
 */
export class Effort {
  readonly #tell: (isShort: boolean) => void;
  #since = performance.eventLoopUtilization();
  #requests = 0;
  #waited = 0;
  #isWarm = false;
  #long = 0;

  constructor(tell: (isShort: boolean) => void) {
    this.#tell = tell;
  }

  /** What comes now is something else, and slow at first. */
  restart(): void {
    this.#isWarm = false;
    this.#long = 0;
  }

  /** A request begins. */
  begin(): void {
    this.#requests += 1;
    if (this.#requests % lookEvery === 0) this.#look();
  }

  /** A request has ended whose guest waited. */
  waited(): void {
    this.#waited += 1;
  }

  #look(): void {
    const now = performance.eventLoopUtilization();
    const active = now.active - this.#since.active;
    if (active < window) return;
    const mean = active / this.#requests;
    const short = this.#waited > this.#requests / 2 ? shortWaitingRequest : shortRequest;
    this.#since = now;
    this.#requests = 0;
    this.#waited = 0;
    const wasWarm = this.#isWarm;
    this.#isWarm = true;
    if (!wasWarm) return;
    this.#long = mean > 2 * short ? this.#long + 1 : 0;
    if (mean < short) this.#tell(true);
    if (this.#long === longInRow) this.#tell(false);
  }
}
