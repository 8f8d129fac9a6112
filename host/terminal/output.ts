import { fstatSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { styleText } from 'node:util';
import { HostError, reasonOf } from '../shared/host-error.ts';
import { escapedCharacter } from '../shared/printable.ts';
import type { FileIdentity, PrintedOutput } from './printed-output.ts';
import { forTerminal, withStyles } from './styled.ts';
import { TerminalText } from './terminal-text.ts';

/** What is written and not read may be as long before writers are asked to wait, in bytes. */
const mostWaiting = 1024 * 1024;
/** How many texts are remembered where they are. */
const mostRecent = 40;
/** In JSON these need no escape, and a terminal obeys them. */
const jsonControls = /[\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

/** Which of a program's two outputs. */
export type StreamName = 'stdout' | 'stderr';

/** Whoever read the output has gone, as `head -1` does once it has its line. */
export class OutputGone extends Error {
  override readonly name = 'OutputGone';
}

/** Whether an error of a stream says so; another one is that of a disk. */
export function isReaderGone({ code = '' }: NodeJS.ErrnoException): boolean {
  return ['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED'].includes(code);
}

/**
 * One of a command's two outputs. On a terminal no control character gets through that kvasi has not written itself
 * (`styled`, and the methods that draw); elsewhere all is as it was given.
 */
export class Output implements PrintedOutput {
  readonly isTerminal: boolean;
  readonly #stream: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly #name: string;
  readonly #isColorful: boolean;
  #recent: string[] | undefined;
  #failure: HostError | OutputGone | undefined;
  readonly #failed = Promise.withResolvers<HostError | OutputGone>();

  /** @param name for people */
  constructor(stream: Writable, name = 'standard output') {
    this.#stream = stream;
    this.#name = name;
    this.isTerminal = this.#stream.isTTY === true;
    this.#isColorful = styleText('red', 'x', { stream: this.#stream }) !== 'x';
    stream.on('error', (error) => this.#fail(error));
  }

  /** The file that it goes to; undefined where it is none. */
  get file(): FileIdentity | undefined {
    if (!('fd' in this.#stream) || typeof this.#stream.fd !== 'number') return undefined;
    const stats = fstatSync(this.#stream.fd);
    return stats.isFile() ? stats : undefined;
  }

  remember(): void {
    this.#recent ??= [];
  }

  recentLines(): readonly string[] {
    return (this.#recent ?? []).flatMap((text) => text.split('\n')).filter((line) => line !== '');
  }

  /** How many characters fit on a line. */
  get columns(): number {
    return this.#stream.columns ?? 80;
  }

  /** Whether so much waits to be read that more should not be written. */
  get isFull(): boolean {
    return this.#failure === undefined && this.#stream.writableLength > mostWaiting;
  }

  /** Where much waits to be read: resolves when it has been, or nobody reads any more. */
  ready(): Promise<void> | undefined {
    return this.isFull ? this.drained().catch(() => {}) : undefined;
  }

  /** Resolves when nothing can be written any more: from then on it is dropped. */
  get failed(): Promise<HostError | OutputGone> {
    return this.#failed.promise;
  }

  /** Writes a line. A line break within it comes from outside, and is shown on a terminal. */
  line(text: string): void {
    this.#say(`${this.#shown(text, true)}\n`);
  }

  lines(texts: readonly string[]): void {
    if (texts.length > 0) this.#say(texts.map((text) => `${this.#shown(text, true)}\n`).join(''));
  }

  /** Writes text with line breaks of its own. */
  text(text: string): void {
    this.#say(this.#shown(text, false));
  }

  /**
   * Writes an error or a warning. On a terminal only its first line begins at the left, so that a line break in what it
   * quotes can't begin a line that looks like kvasi's.
   */
  problem(text: string): void {
    this.text(`${this.isTerminal ? text.replaceAll(/\n(?=[^ \n])/g, '\n  ') : text}\n`);
  }

  /** Writes JSON and a line break; on a terminal with more escapes, which mean the same. */
  json(value: unknown, indent?: number): void {
    const text = JSON.stringify(value, undefined, indent);
    this.#say(`${this.isTerminal ? text.replace(jsonControls, jsonEscape) : text}\n`);
  }

  /** Writes JSON Lines that are there already. */
  jsonLines(lines: readonly string[]): void {
    const text = lines.map((line) => `${line}\n`).join('');
    this.#write(this.isTerminal ? text.replace(jsonControls, jsonEscape) : text);
  }

  /** Writes bytes from outside. On a terminal they are text, and what is no text is shown. */
  bytes(bytes: Uint8Array): void {
    if (!this.isTerminal) {
      this.#write(bytes);
      return;
    }
    const text = new TerminalText('nothing passes');
    const lines = splitLines(bytes).map((line) => text.add(line) + text.end());
    this.#write(lines.join('\n'));
  }

  /** Writes what has been made safe for this output already. */
  passThrough(bytes: string | Uint8Array): void {
    this.#write(bytes);
  }

  /** Writes over the last line of a terminal, cut to its width; nothing elsewhere. */
  draw(text: string): void {
    if (!this.isTerminal) return;
    // A line that wraps can't be written over.
    const line = forTerminal(text, false, true).slice(0, this.columns - 1);
    this.#write(`\r\x1b[2K${line}`);
  }

  /** Leaves a terminal as if nothing had been drawn. */
  clearLine(): void {
    if (this.isTerminal) this.#write('\r\x1b[2K');
  }

  clearScreen(): void {
    if (this.isTerminal) this.#write('\x1b[2J\x1b[3J\x1b[H');
  }

  /**
   * Waits until all that was written is out. Throws `OutputGone` when nobody reads any more, and a `HostError` when it
   * can't be written for another reason.
   */
  async drained(): Promise<void> {
    if (this.#failure === undefined && this.#stream.writableLength > 0) {
      await new Promise<void>((resolve) => {
        this.#stream.write('', (error) => {
          if (error) this.#fail(error);
          resolve();
        });
      });
    }
    // What was written at once may have failed at once, and be told only later.
    if (this.#stream.errored) this.#fail(this.#stream.errored);
    if (this.#failure !== undefined) throw this.#failure;
  }

  #shown(text: string, isLine: boolean): string {
    return this.isTerminal ? forTerminal(text, this.#isColorful, isLine) : withStyles(text, this.#isColorful);
  }

  #say(text: string): void {
    if (this.#recent !== undefined && this.#recent.push(text) > mostRecent) this.#recent.shift();
    this.#write(text);
  }

  #write(bytes: string | Uint8Array): void {
    // What can't be written any more must not be kept either.
    if (this.#failure === undefined) this.#stream.write(bytes);
  }

  #fail(error: NodeJS.ErrnoException): void {
    if (this.#failure !== undefined) return;
    this.#failure = isReaderGone(error)
      ? new OutputGone(`nobody reads ${this.#name}`, { cause: error })
      : new HostError('output', `${this.#name} can't be written: ${reasonOf(error)}`, { cause: error });
    this.#failed.resolve(this.#failure);
  }
}

function jsonEscape(character: string): string {
  return escapedCharacter(character).replace('\\x', '\\u00');
}

/** The parts between line breaks, without these. */
export function splitLines(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  let start = 0;
  for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  lines.push(bytes.subarray(start));
  return lines;
}
