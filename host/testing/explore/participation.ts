import type { HostOperation } from '../../composition/request-event.ts';
import { HostError } from '../../shared/host-error.ts';
import type { Run } from './interleaving.ts';

/** Which requests of an exploration took part in it: only what a store sees is interleaved. */
export class Participation {
  readonly #requests: number;
  /** Those that made an operation in some run. */
  readonly #took = new Set<number>();
  #statuses: readonly number[] = [];
  #hasFailedOpening = false;
  #runs = 0;

  constructor(requests: number) {
    this.#requests = requests;
  }

  /** Takes note of a run. Throws a `HostError` where a request never reached the component. */
  note(run: Run, operations: readonly HostOperation[]): void {
    this.#runs += 1;
    this.#statuses = run.responses.map(({ status }) => status);
    for (const { chosen } of run.steps) this.#took.add(chosen);
    // Openings are no steps; whose one failed is not known.
    this.#hasFailedOpening ||= operations.some(({ op }) => op === 'open');
    const [first] = run.unreached;
    if (first === undefined) return;
    throw new HostError(
      'usage',
      `explore: request ${first + 1} never reached the component: ${answerOf(this.#statuses[first])}.`,
    );
  }

  /** Throws a `HostError` where no request made an operation. */
  requireAny(names: readonly string[]): void {
    if (this.#took.size === 0) this.requireAll(names);
  }

  /** Throws a `HostError` where a request made no operation in any of the runs. */
  requireAll(names: readonly string[]): void {
    if (this.#hasFailedOpening) return;
    const idle = Array.from({ length: this.#requests }, (_, index) => index).filter(
      (index) => !this.#took.has(index),
    );
    if (idle.length === 0) return;
    const subject = idle.map((index) => {
      // Of a message there is no answer.
      const answer = index < this.#statuses.length ? `, ${answerOf(this.#statuses[index])}` : '';
      return `request ${index + 1} (${names[index]}${answer})`;
    });
    throw new HostError(
      'usage',
      `explore: ${subject.join(' and ')} made no keyvalue operation in ${this.#runs === 1 ? 'the only interleaving' : `any of ${this.#runs} interleavings`}, so that there was nothing to interleave. Leave it out, send what does, or ask for interleavings: 1.`,
    );
  }
}

/** A request as a message names it: `GET /visits?a=b`. */
export function nameOf(make: () => Request): string {
  const { method, url } = make();
  const { pathname, search } = new URL(url);
  return `${method} ${pathname}${search}`;
}

/** @param status 0 where the answer broke off */
function answerOf(status: number | undefined): string {
  return status === 0 || status === undefined ? 'its answer broke off' : `it was answered ${status}`;
}
