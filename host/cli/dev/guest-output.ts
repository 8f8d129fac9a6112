import type { GuestLog, GuestLogLevel } from '../../runtime/worker/guest-log.ts';
import { printable } from '../../shared/printable.ts';
import { type Output, type StreamName, splitLines } from '../../terminal/output.ts';
import { styled } from '../../terminal/styled.ts';
import { TerminalText } from '../../terminal/terminal-text.ts';
import { UnfinishedOutput } from '../../terminal/unfinished-output.ts';
import { unfinishedCharacter } from '../../terminal/utf8.ts';

/** So much of a line without an end is kept until its end comes, in bytes; then it is printed as far as it is there. */
const mostKept = 64 * 1024;
/** How many lines without an end are kept; then the oldest is printed as it is. Each may be of another request. */
const mostLines = 1000;

/** A line without an end. */
interface Line {
  readonly stream: StreamName;
  readonly text: TerminalText;
  kept: Uint8Array[];
  bytes: number;
}

/**
 * Prints what a component writes, line by line, each with the component's name in front. On a terminal colors pass and all
 * else is shown; elsewhere every byte is as the component wrote it.
 */
export class GuestOutput {
  readonly #name: string;
  readonly #targets: Readonly<Record<StreamName, Output>>;
  readonly #lines = new UnfinishedOutput<Line>(mostLines, ({ kept }) => {
    if (kept.bytes > 0 || kept === this.#open) this.#finish(kept, [new Uint8Array()]);
  });
  /** The line that is on the screen without its end. */
  #open: Line | undefined;

  constructor(name: string, targets: Readonly<Record<StreamName, Output>>) {
    this.#name = name;
    this.#targets = targets;
  }

  write(request: number, stream: StreamName, bytes: Uint8Array): void {
    const before = this.#lines.get(request, stream);
    const line = before ?? { stream, text: new TerminalText('colors'), kept: [], bytes: 0 };
    const parts = splitLines(bytes);
    const rest = parts.pop() ?? new Uint8Array();
    if (parts.length > 0) this.#finish(line, parts);
    keep(line, rest);
    // Whoever has colors on has them on in its next line.
    const isUnfinished = line.bytes > 0 || line.text.isActive;
    if (isUnfinished || before !== undefined) {
      this.#lines.set(request, stream, isUnfinished ? line : undefined);
    }
    if (line.bytes > mostKept) this.#begin(line);
  }

  /** A message is lines of its own: its level, what it is about, and its text. */
  log({ level, context, message }: GuestLog): void {
    const about = context === '' ? '' : ` [${printable(context)}]`;
    const target = this.#targets.stderr;
    this.interrupt();
    const lines = splitLines(Buffer.from(`${message}\n`)).slice(0, -1);
    const text = new TerminalText('colors');
    for (const [index, line] of lines.entries()) {
      const isFirst = index === 0;
      if (target.isTerminal) {
        // Apart, because the output tells kvasi's own styles from what comes from outside.
        target.text(`[${printable(this.#name)}] ${isFirst ? `${shownLevel(level)}${about}: ` : ''}`);
        target.passThrough(`${text.begin()}${text.add(line)}${text.end()}\n`);
      } else {
        const start = `[${this.#name}] ${isFirst ? `${level}${context === '' ? '' : ` [${context}]`}: ` : ''}`;
        target.passThrough(Buffer.concat([Buffer.from(start), line, Buffer.from('\n')]));
      }
    }
  }

  /** The request is over: what it left without an end is a line of its own. */
  end(request: number): void {
    this.#lines.end(request);
  }

  endAll(): void {
    this.#lines.endAll();
  }

  /** To be called before something else is printed: a line that is on the screen without its end gets it. */
  interrupt(): void {
    const line = this.#open;
    if (line === undefined) return;
    this.#open = undefined;
    const target = this.#targets[line.stream];
    target.passThrough(target.isTerminal ? `${line.text.pause()}\n` : '\n');
  }

  /** Prints what is there of a line whose end is still to come. */
  #begin(line: Line): void {
    const target = this.#targets[line.stream];
    const start = this.#startOf(line);
    const all = take(line);
    const end = all.length - unfinishedCharacter(all);
    const kept = all.subarray(0, end);
    keep(line, all.subarray(end));
    if (target.isTerminal) target.passThrough(start + line.text.add(kept));
    else target.passThrough(Buffer.concat([Buffer.from(start), kept]));
    this.#open = line;
  }

  /** Prints lines up to their ends, the first of them with what was there of it. */
  #finish(line: Line, parts: readonly Uint8Array[]): void {
    const target = this.#targets[line.stream];
    const start = this.#startOf(line);
    const [first = new Uint8Array(), ...others] = parts;
    const whole = line.bytes === 0 ? first : Buffer.concat([take(line), first]);
    this.#open = undefined;
    if (target.isTerminal) {
      const end = (part: Uint8Array) => `${line.text.add(part)}${line.text.end()}\n`;
      const rest = others.map((part) => this.#prefix(line) + end(part));
      target.passThrough(start + end(whole) + rest.join(''));
      return;
    }
    const prefix = Buffer.from(this.#prefix(line));
    const newline = Buffer.from('\n');
    const rest = others.flatMap((part) => [prefix, part, newline]);
    target.passThrough(Buffer.concat([Buffer.from(start), whole, newline, ...rest]));
  }

  /** What goes in front of a line's next piece: nothing where it is on the screen already. */
  #startOf(line: Line): string {
    if (this.#open === line) return '';
    this.interrupt();
    return this.#prefix(line);
  }

  #prefix({ stream, text }: Line): string {
    return this.#targets[stream].isTerminal
      ? `[${printable(this.#name)}] ${text.begin()}`
      : `[${this.#name}] `;
  }
}

const colors = {
  trace: 'dim',
  debug: 'dim',
  info: 'cyan',
  warn: 'yellow',
  error: 'red',
  critical: 'red',
} as const;

function shownLevel(level: GuestLogLevel): string {
  const text = styled(colors[level], level);
  return level === 'critical' ? styled('bold', text) : text;
}

function keep(line: Line, bytes: Uint8Array): void {
  if (bytes.length === 0) return;
  // A copy, because whoever wrote it may use the memory again.
  line.kept.push(Uint8Array.from(bytes));
  line.bytes += bytes.length;
}

function take(line: Line): Uint8Array {
  const kept = Buffer.concat(line.kept);
  line.kept = [];
  line.bytes = 0;
  return kept;
}
