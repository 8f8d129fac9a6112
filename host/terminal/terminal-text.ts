import { controls, escapedCharacter } from '../shared/printable.ts';
import { shownBytes, unfinishedCharacter } from './utf8.ts';

/** Colors and styles (SGR) are `ESC [ numbers m`; with another character among the numbers it is something else. */
const longestStyle = 64;
const styleOrControl = new RegExp(
  String.raw`(\x1b\[[\d;:]{0,${longestStyle}}m)|(\x1b\[\d?K)|(?!\t)[${controls}]`,
  'gu',
);
/** What may turn out to be a style, or the end of a line in the manner of Windows. */
const undecided = new RegExp(String.raw`(?:\x1b(?:\[[\d;:]{0,${longestStyle}})?|\r)$`);
const reset = '\x1b[0m';
/** Styles that are on are repeated on the next line, up to this length. */
const longestActive = 256;

/**
 * What may pass to the terminal: nothing, or colors (for a guest). Some compilers erase the line's rest with each color,
 * which is left out, and draw a line over another one, which becomes one of its own.
 */
type Allowed = 'nothing passes' | 'colors' | 'colors of a compiler';

/**
 * What another program prints, made safe for a terminal piece by piece: control characters are shown instead of obeyed.
 * Lines are ended by whoever uses it; a style that is on goes on in the next line, and is off between them.
 */
export class TerminalText {
  readonly #allowed: Allowed;
  #bytes: Uint8Array = new Uint8Array();
  #text = '';
  /** The styles that are on. */
  #active = '';
  /** Whether the terminal has been told of them in this line. */
  #isStyled = false;

  constructor(allowed: Allowed) {
    this.#allowed = allowed;
  }

  /** Begins a line: the styles that are on. */
  begin(): string {
    this.#isStyled = this.#active !== '';
    return this.#active;
  }

  /** A piece of a line. What can't be decided without the next one is held back. */
  add(bytes: Uint8Array): string {
    const all = this.#bytes.length === 0 ? bytes : Buffer.concat([this.#bytes, bytes]);
    const end = all.length - unfinishedCharacter(all);
    // A copy, because whoever wrote it may use the memory again.
    this.#bytes = Uint8Array.from(all.subarray(end));
    const text = this.#text + shownBytes(all.subarray(0, end));
    const decided = this.#bytes.length > 0 ? text.length : (undecided.exec(text)?.index ?? text.length);
    this.#text = text.slice(decided);
    return this.#safe(text.slice(0, decided));
  }

  /** Ends a line: what was held back, and all styles are off. */
  end(): string {
    const held = (this.#text === '\r' ? '' : this.#text) + shownBytes(this.#bytes);
    this.#text = '';
    this.#bytes = new Uint8Array();
    return this.#safe(held) + this.pause();
  }

  /** Leaves a line that will go on: all styles are off. */
  pause(): string {
    const isStyled = this.#isStyled;
    this.#isStyled = false;
    return isStyled ? reset : '';
  }

  /** Whether a style is on in the next line, too. */
  get isActive(): boolean {
    return this.#active !== '';
  }

  #safe(text: string): string {
    return text.replace(styleOrControl, (found, style?: string, erase?: string) => {
      if (style !== undefined && this.#allowed !== 'nothing passes') {
        this.#note(style);
        return style;
      }
      if (this.#allowed === 'colors of a compiler') {
        if (erase !== undefined) return '';
        // A bar that is drawn over and over.
        if (found === '\r') return '\n';
      }
      return escapedCharacter(found) + found.slice(1);
    });
  }

  #note(style: string): void {
    // Without its `ESC [`.
    const numbers = style.slice(2, -1);
    const isReset = /^0*$/.test(numbers);
    if (isReset) this.#active = '';
    else if (/^0*;/.test(numbers) || this.#active.length + style.length > longestActive) this.#active = style;
    else this.#active += style;
    this.#isStyled = !isReset;
  }
}
