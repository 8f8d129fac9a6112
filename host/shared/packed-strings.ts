/** In place of the length of a text that is absent. */
export const absent = -1;

/** How long a text is that may be absent. */
export function lengthOf(text: string | undefined): number {
  return text === undefined ? absent : text.length;
}

/** Takes a text apart that was put together from others, by how long they were. */
export class PackedStrings {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  next(length: number): string {
    const from = this.#at;
    this.#at = from + length;
    return this.#text.slice(from, this.#at);
  }

  /** Undefined where the length is `absent`. */
  optional(length: number): string | undefined {
    return length === absent ? undefined : this.next(length);
  }
}
