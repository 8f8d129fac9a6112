import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { KeptStream } from '../support/kept-stream.ts';

const colors = process.env.FORCE_COLOR;

/** The modules anew, in a process whose terminal shows colors or not. */
async function printing(isColorful: boolean) {
  vi.resetModules();
  vi.stubEnv('FORCE_COLOR', isColorful ? '1' : undefined);
  vi.stubEnv('NO_COLOR', isColorful ? undefined : '1');
  const { Output } = await import('../../host/terminal/output.ts');
  const { styled } = await import('../../host/terminal/styled.ts');
  return { Output, styled };
}

afterEach(() => {
  vi.unstubAllEnvs();
  expect(process.env.FORCE_COLOR).toBe(colors);
});

const evil = 'a\x1b[31m\x1b]0;t\x07\rb\nforged\u009b';

describe('on a terminal', () => {
  test('kvasi’s own styles are obeyed, what they enclose is not', async () => {
    const { Output, styled } = await printing(true);
    const stream = new KeptStream(true);
    new Output(stream).line(styled('red', evil));
    expect(stream.text).toBe('\x1b[31ma\\x1b[31m\\x1b]0;t\\x07\\x0db\\x0aforged\\x9b\x1b[39m\n');
  });

  test('whoever has seen the styles of one process can’t forge them in another', async () => {
    const first = await printing(true);
    const seen = first.styled('red', 'x');
    const second = await printing(true);
    const stream = new KeptStream(true);
    new second.Output(stream).line(seen);
    expect(stream.text).toMatch(/^\\x1b\w+\[31mx\\x1b\w+\[39m\n$/);
  });

  test('an error has one line at the left', async () => {
    const { Output } = await printing(false);
    const stream = new KeptStream(true);
    new Output(stream).problem("kvasi: no key 'a\nkvasi: all is well\x1b[2J'\n  and more");
    expect(stream.text).toBe("kvasi: no key 'a\n  kvasi: all is well\\x1b[2J'\n  and more\n");
  });

  test('JSON stays what it is', async () => {
    const { Output } = await printing(false);
    const stream = new KeptStream(true);
    const value = { key: `${evil}\x7f\u202e` };
    new Output(stream).json(value);
    expect(stream.text).toMatch(/^[\x20-\x7e]+\n$/);
    expect(JSON.parse(stream.text)).toEqual(value);
  });

  test('bytes are text, line by line', async () => {
    const { Output } = await printing(false);
    const stream = new KeptStream(true);
    new Output(stream).bytes(Buffer.from(`${evil}\xff\n`, 'latin1'));
    expect(stream.text).toBe('a\\x1b[31m\\x1b]0;t\\x07\\x0db\nforged\\x9b\\xff\n');
  });
});

describe('elsewhere', () => {
  test.for([true, false])('everything is as it was given (colors: %s)', async (isColorful) => {
    const { Output, styled } = await printing(isColorful);
    const stream = new KeptStream(false);
    const output = new Output(stream);
    output.line(styled('red', evil));
    output.problem(evil);
    output.bytes(Buffer.from([0xff, 0x1b, 0x0a]));
    output.draw('nothing');
    output.clearScreen();
    const first = isColorful ? `\x1b[31m${evil}\x1b[39m` : evil;
    expect(stream.bytes).toEqual(
      Buffer.concat([Buffer.from(`${first}\n${evil}\n`), Buffer.from([0xff, 0x1b, 0x0a])]),
    );
  });
});

test('what nobody reads is told, so that writers can wait', async () => {
  const { Output } = await printing(false);
  const stream = new PassThrough();
  const output = new Output(stream);
  expect(output.ready()).toBeUndefined();
  output.text('x'.repeat(3_000_000));
  expect(output.isFull).toBe(true);
  const ready = output.ready();
  stream.resume();
  await ready;
  await output.drained();
  expect(output.isFull).toBe(false);
});

test('whoever has gone is no error of the command’s', async () => {
  const { Output } = await printing(false);
  const stream = new PassThrough();
  const output = new Output(stream);
  stream.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  await expect(output.drained()).rejects.toMatchObject({ name: 'OutputGone' });
  output.line('nobody hears it');
});
