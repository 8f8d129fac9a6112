import type { Writable } from 'node:stream';

type StreamName = 'stdout' | 'stderr';

/** A guest that never ends its line must not fill the host's memory; its line is cut here, in characters. */
const longestLine = 8192;

/** Prints what a component writes, line by line, each with the component's name in front. */
export class GuestOutput {
  readonly #name: string;
  readonly #targets: Readonly<Record<StreamName, Writable>>;
  /** The lines without an end, by request and stream, so that requests served side by side do not mix in one. */
  readonly #unfinished = new Map<string, Line>();

  constructor(name: string, targets: Readonly<Record<StreamName, Writable>>) {
    this.#name = name;
    this.#targets = targets;
  }

  write(request: number, stream: StreamName, bytes: Uint8Array): void {
    const id = `${request} ${stream}`;
    const line = this.#unfinished.get(id) ?? { text: '', decoder: new TextDecoder() };
    const lines = (line.text + line.decoder.decode(bytes, { stream: true })).split('\n');
    line.text = lines.pop() ?? '';
    for (const text of lines) this.#print(stream, text);
    this.#unfinished.set(id, line);
    if (line.text.length > longestLine) this.#end(request, stream);
  }

  /** The request is over: what it left without an end is a line of its own. */
  end(request: number): void {
    if (this.#unfinished.size === 0) return;
    this.#end(request, 'stdout');
    this.#end(request, 'stderr');
  }

  endAll(): void {
    for (const id of this.#unfinished.keys()) this.end(Number.parseInt(id, 10));
  }

  #end(request: number, stream: StreamName): void {
    const id = `${request} ${stream}`;
    const text = this.#unfinished.get(id)?.text ?? '';
    this.#unfinished.delete(id);
    if (text !== '') this.#print(stream, text);
  }

  #print(stream: StreamName, line: string): void {
    this.#targets[stream].write(`[${this.#name}] ${line}\n`);
  }
}

interface Line {
  text: string;
  readonly decoder: TextDecoder;
}
