/** So much of what a request prints to a stream is kept, the last of it, in characters; up to twice as much until it is looked at. */
const mostKept = 64 * 1024;

/** What a request has printed to one stream. */
export class PrintedText {
  readonly #decoder = new TextDecoder();
  #text = '';
  /** How many characters came before those that are kept. */
  omitted = 0;

  add(bytes: Uint8Array): void {
    this.#text += this.#decoder.decode(bytes, { stream: true });
    if (this.#text.length <= 2 * mostKept) return;
    const from = this.#text.length - mostKept;
    const lineEnd = this.#text.indexOf('\n', from);
    const start = lineEnd === -1 ? from : lineEnd + 1;
    this.#text = this.#text.slice(start);
    this.omitted += start;
  }

  /** Without their ends; the last may have none. */
  get lines(): string[] {
    const lines = this.#text.split('\n');
    if (lines.at(-1) === '') lines.pop();
    return lines;
  }
}
