import type { StreamName } from './output.ts';

/** Something that a request has printed and that has no end yet. */
interface Unfinished<Kept> {
  readonly request: number;
  readonly stream: StreamName;
  readonly kept: Kept;
}

/**
 * What requests have printed and not finished, by request and stream, so that requests served side by side do not mix. Of more than a
 * number the oldest is ended as it is.
 */
export class UnfinishedOutput<Kept> {
  readonly #most: number;
  readonly #end: (unfinished: Unfinished<Kept>) => void;
  readonly #all = new Map<string, Unfinished<Kept>>();

  /** @param end gets what ends before its time; it is kept no more */
  constructor(most: number, end: (unfinished: Unfinished<Kept>) => void) {
    this.#most = most;
    this.#end = end;
  }

  get(request: number, stream: StreamName): Kept | undefined {
    return this.#all.get(`${request} ${stream}`)?.kept;
  }

  /** Keeps this, or nothing any more where there is none. */
  set(request: number, stream: StreamName, kept: Kept | undefined): void {
    const id = `${request} ${stream}`;
    if (kept === undefined) {
      this.#all.delete(id);
      return;
    }
    this.#all.set(id, { request, stream, kept });
    const [oldest] = this.#all.size > this.#most ? this.#all.keys() : [];
    if (oldest !== undefined) this.#finish(oldest);
  }

  /** The request is over. */
  end(request: number): void {
    if (this.#all.size === 0) return;
    this.#finish(`${request} stdout`);
    this.#finish(`${request} stderr`);
  }

  endAll(): void {
    for (const id of [...this.#all.keys()]) this.#finish(id);
  }

  #finish(id: string): void {
    const unfinished = this.#all.get(id);
    if (unfinished === undefined) return;
    this.#all.delete(id);
    this.#end(unfinished);
  }
}
