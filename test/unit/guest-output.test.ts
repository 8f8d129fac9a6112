import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GuestOutput } from '../../host/cli/dev/guest-output.ts';
import { Output } from '../../host/terminal/output.ts';
import { KeptStream } from '../support/kept-stream.ts';

function printed(isTTY: boolean) {
  const streams = { stdout: new KeptStream(isTTY), stderr: new KeptStream(isTTY) };
  const guest = new GuestOutput('app', {
    stdout: new Output(streams.stdout),
    stderr: new Output(streams.stderr),
  });
  return { guest, ...streams };
}

function pieces(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

describe('in a pipe', () => {
  test.for([12_000, 1_000_000])('a line of %s é is one line, and no é is lost', (count) => {
    const { guest, stdout } = printed(false);
    for (const piece of pieces(Buffer.from(`${'é'.repeat(count)}\n`), 4095)) guest.write(1, 'stdout', piece);
    guest.end(1);
    expect(stdout.text).toBe(`[app] ${'é'.repeat(count)}\n`);
  });

  test('any bytes in any pieces are as the component wrote them', () => {
    const byte = fc.oneof(fc.constant(0x0a), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(fc.array(byte, { maxLength: 20 })), (parts) => {
        const { guest, stdout, stderr } = printed(false);
        for (const part of parts) guest.write(7, 'stderr', Uint8Array.from(part));
        guest.end(7);
        const whole = Buffer.from(parts.flat()).toString('latin1');
        const lines = whole.replace(/\n$/, '').split('\n');
        const expected = whole === '' ? '' : lines.map((line) => `[app] ${line}\n`).join('');
        expect(stderr.bytes.toString('latin1')).toBe(expected);
        expect(stdout.text).toBe('');
      }),
    );
  });

  test('lines of requests that are served side by side do not mix', () => {
    const { guest, stdout } = printed(false);
    for (const [request, text] of [
      [1, 'a1'],
      [2, 'b1'],
      [1, 'a2\n'],
      [2, 'b2\nb3'],
    ] as const) {
      guest.write(request, 'stdout', Buffer.from(text));
    }
    guest.end(2);
    guest.endAll();
    expect(stdout.text).toBe('[app] a1a2\n[app] b1b2\n[app] b3\n');
  });

  test('a line that is longer than is kept is ended where another one begins', () => {
    const { guest, stdout } = printed(false);
    const long = 'é'.repeat(40_000);
    guest.write(1, 'stdout', Buffer.from(`x${long}`).subarray(0, -1));
    guest.write(2, 'stdout', Buffer.from('other\n'));
    guest.write(1, 'stdout', Buffer.from(`x${long}`).subarray(-1));
    guest.write(1, 'stdout', Buffer.from('end\n'));
    expect(stdout.text).toBe(`[app] x${long.slice(1)}\n[app] other\n[app] éend\n`);
  });

  test('what many requests leave without an end does not add up', () => {
    const { guest, stdout } = printed(false);
    for (let request = 0; request < 3000; request += 1) guest.write(request, 'stdout', Buffer.from('x'));
    expect(stdout.text).toBe('[app] x\n'.repeat(2000));
    guest.endAll();
    expect(stdout.text).toBe('[app] x\n'.repeat(3000));
  });

  test('the memory that a piece lay in may be used again', () => {
    const { guest, stdout } = printed(false);
    const memory = Buffer.from('abc');
    guest.write(1, 'stdout', memory);
    memory.fill('x');
    guest.end(1);
    expect(stdout.text).toBe('[app] abc\n');
  });
});

describe('on a terminal', () => {
  test('every line begins with the component’s name, whatever it says', () => {
    const { guest, stdout } = printed(true);
    guest.write(1, 'stdout', Buffer.from('one\rkvasi: forged\r\n\x1b[31mred\ntwo\x1b]0;title\x07\x1b[0m\n'));
    guest.end(1);
    expect(stdout.text).toBe(
      '[app] one\\x0dkvasi: forged\n[app] \x1b[31mred\x1b[0m\n[app] \x1b[31mtwo\\x1b]0;title\\x07\x1b[0m\n',
    );
  });

  test('a sequence in two pieces is one', () => {
    const { guest, stdout } = printed(true);
    for (const piece of pieces(Buffer.from('\x1b[31mé\x1b[2J\n'), 1)) guest.write(1, 'stdout', piece);
    expect(stdout.text).toBe('[app] \x1b[31mé\\x1b[2J\x1b[0m\n');
  });

  test('a line without an end colors nothing of what follows', () => {
    const { guest, stdout } = printed(true);
    guest.write(1, 'stdout', Buffer.from(`\x1b[31m${'x'.repeat(70_000)}`));
    guest.interrupt();
    expect(stdout.text.endsWith('x\x1b[0m\n')).toBe(true);
    guest.write(1, 'stdout', Buffer.from('y\n'));
    expect(stdout.text.endsWith('\n[app] \x1b[31my\x1b[0m\n')).toBe(true);
  });
});

describe('what a component logs', () => {
  test('is a line with its level and what it is about, on standard error', () => {
    const { guest, stdout, stderr } = printed(false);
    guest.log({ level: 'warn', context: 'db', message: 'slow' });
    guest.log({ level: 'info', context: '', message: 'two\nlines' });
    expect(stderr.text).toBe('[app] warn [db]: slow\n[app] info: two\n[app] lines\n');
    expect(stdout.text).toBe('');
  });

  test('ends no line that is still to go on, and has its own color on a terminal', () => {
    const { guest, stdout, stderr } = printed(true);
    guest.write(1, 'stdout', Buffer.from('x'.repeat(70_000)));
    guest.log({ level: 'error', context: 'db', message: 'gone' });
    expect(stdout.text.endsWith('x\n')).toBe(true);
    expect(stripVTControlCharacters(stderr.text)).toBe('[app] error [db]: gone\n');
  });

  test('can forge no line of the host, whatever it says', () => {
    const { guest, stderr } = printed(true);
    guest.log({
      level: 'info',
      context: 'a\n\x1b[2Jb',
      message: 'one\rkvasi: forged\n\x1b]0;title\x07\x1b[31mred',
    });
    const text = stripVTControlCharacters(stderr.text);
    expect(text).toBe('[app] info [a\\x0a\\x1b[2Jb]: one\\x0dkvasi: forged\n[app] \\x1b]0;title\\x07red\n');
    expect(stderr.text.endsWith('\x1b[31mred\x1b[0m\n')).toBe(true);
  });
});
