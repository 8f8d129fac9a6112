import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TerminalText } from '../../host/terminal/terminal-text.ts';
import { shownBytes, unfinishedCharacter } from '../../host/terminal/utf8.ts';

/** A line that comes in these pieces. */
function shown(pieces: readonly Uint8Array[], text = new TerminalText('colors')): string {
  return text.begin() + pieces.map((piece) => text.add(piece)).join('') + text.end();
}

/** The bytes in two pieces, at every place where they can be cut. */
function* cuts(bytes: Uint8Array): Generator<Uint8Array[]> {
  for (let at = 0; at <= bytes.length; at += 1) yield [bytes.subarray(0, at), bytes.subarray(at)];
}

const reset = '\x1b[0m';
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const color = /\x1b\[[\d;:]*m/g;

test.for([
  ['a title', '\x1b]0;mine\x07', '\\x1b]0;mine\\x07'],
  ['the clipboard', '\x1b]52;c;aGVsbG8=\x1b\\', '\\x1b]52;c;aGVsbG8=\\x1b\\'],
  ['the cursor', 'a\x1b[2J\x1b[Hb', 'a\\x1b[2J\\x1b[Hb'],
  ['a keyboard mode that ends as a color does', '\x1b[>4;2mx', '\\x1b[>4;2mx'],
  ['a line that is drawn over', 'x\rkvasi: forged', 'x\\x0dkvasi: forged'],
  ['an end of line of Windows', 'x\r', 'x'],
  ['an introducer in one byte (C1)', '\u009b31mx\u0085', '\\x9b31mx\\x85'],
  ['a backspace, a bell and a deletion', '\b\x07\x7f\0', '\\x08\\x07\\x7f\\x00'],
  ['text that runs the other way', '\u202egnp.exe', '\\u202egnp.exe'],
  ['a tab and other languages', '\té日本🙂', '\té日本🙂'],
  ['colors', '\x1b[1;38;5;200mx\x1b[0my', '\x1b[1;38;5;200mx\x1b[0my'],
  ['a color without an end', '\x1b[31mx', `\x1b[31mx${reset}`],
  ['half of a color', 'x\x1b[3', 'x\\x1b[3'],
  ['a color of a thousand numbers', `\x1b[${'1;'.repeat(1000)}m`, `\\x1b[${'1;'.repeat(1000)}m`],
] as const)('%s, in any two pieces', ([, given, expected]) => {
  for (const pieces of cuts(Buffer.from(given))) expect(shown(pieces)).toBe(expected);
});

test('what is no UTF-8 is shown byte by byte, and what is stays', () => {
  const bytes = Buffer.from([0x61, 0xff, 0xc3, 0xa9, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0xf0, 0x9f]);
  for (const pieces of cuts(bytes)) expect(shown(pieces)).toBe('a\\xffé\\xc3(\\xed\\xa0\\x80\\xf0\\x9f');
});

test('a color that is on goes on in the next line, and is off between them', () => {
  const text = new TerminalText('colors');
  expect(shown([Buffer.from('\x1b[1m\x1b[31mone')], text)).toBe(`\x1b[1m\x1b[31mone${reset}`);
  expect(shown([Buffer.from('two\x1b[0m')], text)).toBe('\x1b[1m\x1b[31mtwo\x1b[0m');
  expect(shown([Buffer.from('three')], text)).toBe('three');
});

test('colors that are never put off do not add up', () => {
  const text = new TerminalText('colors');
  for (let line = 0; line < 1000; line += 1) shown([Buffer.from(`\x1b[3${line % 8}mx`)], text);
  expect(text.begin().length).toBeLessThan(300);
});

test('a compiler may erase the rest of its line, and draw over it', () => {
  const text = new TerminalText('colors of a compiler');
  expect(shown([Buffer.from('\x1b[01;31m\x1b[Kerror:\x1b[m\x1b[K 10%\r20%')], text)).toBe(
    '\x1b[01;31merror:\x1b[m 10%\n20%',
  );
});

describe('any bytes in any pieces', () => {
  const nasty = fc.oneof(
    fc.constantFrom('\x1b[', '\x1b]', '\x1b[31m', '31m', ';', '\r', '\x9b', '\u009b', '\u202e', 'é'),
    fc.string(),
  );
  const line = fc
    .array(
      fc.oneof(
        nasty.map((text) => Buffer.from(text)),
        fc.uint8Array({ maxLength: 6 }),
      ),
    )
    .map((parts) => Buffer.concat(parts).filter((byte) => byte !== 0x0a));

  test('nothing but colors and text gets through, whatever the pieces', () => {
    fc.assert(
      fc.property(line, fc.nat(), (bytes, at) => {
        const whole = shown([bytes]);
        const cut = bytes.length === 0 ? 0 : at % bytes.length;
        expect(shown([bytes.subarray(0, cut), bytes.subarray(cut)])).toBe(whole);
        const rest = whole.replaceAll(color, '');
        expect(rest).not.toMatch(/[^\P{Cc}\t]|[\u202a-\u202e\u2066-\u2069]/u);
        expect(whole.match(color)?.at(-1) ?? reset, 'all colors are off at the end').toMatch(/\[0*m$/);
      }),
    );
  });

  test('an unfinished character is what decoding would wait for', () => {
    fc.assert(
      fc.property(line, (bytes) => {
        const rest = unfinishedCharacter(bytes);
        const decoder = new TextDecoder();
        const waited = decoder.decode(bytes, { stream: true });
        expect(waited).toBe(new TextDecoder().decode(bytes.subarray(0, bytes.length - rest)));
        expect(shownBytes(Buffer.from('aé日🙂'))).toBe('aé日🙂');
      }),
    );
  });
});
