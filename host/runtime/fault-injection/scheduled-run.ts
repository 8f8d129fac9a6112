import type { Call } from './interceptor.ts';
import type { Schedule, Step } from './schedule.ts';

/** How long a request may be away from both its next operation and its end before the others go on, in milliseconds. */
const patience = 500;

/** That an operation may be made. */
type Turn = Omit<Step, 'text'>;

interface Waiting {
  readonly call: Call;
  readonly pass: () => void;
}

/** Some requests whose operations are made one by one, in the order of a schedule. */
export class ScheduledRun {
  readonly #schedule: Schedule;
  readonly #onStep: (step: Step) => void;
  /** By the number that the thread gave a request, that of the schedule. */
  readonly #numbers = new Map<number, number>();
  readonly #waiting = new Map<number, Waiting>();
  /** Those that neither wait nor have ended. */
  readonly #running = new Set<number>();
  /** Operations that are being made. */
  readonly #turns = new Map<number, { readonly turn: Turn; readonly call: Call }>();
  #last = -1;
  #count = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param onStep gets each operation when it has been made */
  constructor(schedule: Schedule, onStep: (step: Step) => void) {
    this.#schedule = schedule;
    this.#onStep = onStep;
  }

  began(request: number): void {
    const number = this.#numbers.size;
    if (number >= this.#schedule.requests) return;
    this.#numbers.set(request, number);
    this.#running.add(number);
  }

  ended(request: number): void {
    const number = this.#numbers.get(request);
    if (number === undefined) return;
    this.made(request, ({ operation, target }) => `${operation.name} ${target} → not answered`);
    this.#waiting.delete(number);
    this.#running.delete(number);
    this.#goOn();
  }

  /** Resolves when the operation may be made: at once for opening, which changes nothing, and for other requests. */
  async wait(call: Call): Promise<void> {
    const number = this.#numbers.get(call.request);
    if (number === undefined || call.operation.effect === 'open') return;
    await new Promise<void>((pass) => {
      this.#waiting.set(number, { call, pass });
      this.#running.delete(number);
      this.#goOn();
    });
  }

  /** The operation of a request has been made. @param text says what came of it */
  made(request: number, text: (call: Call) => string): void {
    const number = this.#numbers.get(request);
    const made = number === undefined ? undefined : this.#turns.get(number);
    if (number === undefined || made === undefined) return;
    this.#turns.delete(number);
    this.#onStep({ ...made.turn, text: text(made.call) });
  }

  /** Everybody goes on. */
  abandon(): void {
    clearTimeout(this.#timer);
    this.#numbers.clear();
    for (const number of [...this.#waiting.keys()]) this.#choose(number);
  }

  #goOn(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.size === 0) return;
    if (this.#running.size === 0 && this.#numbers.size === this.#schedule.requests) this.#next();
    else this.#timer = setTimeout(() => this.#next(), patience);
  }

  #next(): void {
    const enabled = [...this.#waiting.keys()].sort((a, b) => a - b);
    const wanted = this.#schedule.first[this.#count] ?? this.#last;
    const chosen =
      enabled.find((number) => number === wanted) ??
      enabled.find((number) => number === this.#last) ??
      enabled.find((number) => number > this.#last) ??
      enabled[0];
    if (chosen !== undefined) this.#choose(chosen, enabled);
  }

  #choose(chosen: number, enabled: readonly number[] = [chosen]): void {
    const waiting = this.#waiting.get(chosen);
    if (waiting === undefined) return;
    this.#waiting.delete(chosen);
    this.#running.add(chosen);
    this.#turns.set(chosen, { turn: { turn: this.#count, enabled, chosen }, call: waiting.call });
    this.#last = chosen;
    this.#count += 1;
    waiting.pass();
    this.#goOn();
  }
}
