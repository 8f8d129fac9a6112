import type { Writable } from 'node:stream';

/** Prints what a component writes, line by line, each with the component's name in front. */
export class GuestOutput {
  readonly #prefix: string;
  readonly #target: Writable;
  readonly #decoder = new TextDecoder();
  #unfinished = '';

  constructor(name: string, target: Writable) {
    this.#prefix = `[${name}] `;
    this.#target = target;
  }

  write(bytes: Uint8Array): void {
    const lines = (this.#unfinished + this.#decoder.decode(bytes, { stream: true })).split('\n');
    this.#unfinished = lines.pop() ?? '';
    for (const line of lines) this.#print(line);
    // A guest that never ends its line must not fill the host's memory.
    if (this.#unfinished.length > 8192) this.end();
  }

  /** Prints the last line, though it has no end. */
  end(): void {
    if (this.#unfinished !== '') this.#print(this.#unfinished);
    this.#unfinished = '';
  }

  #print(line: string): void {
    this.#target.write(`${this.#prefix}${line}\n`);
  }
}
