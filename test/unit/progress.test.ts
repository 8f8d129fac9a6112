import { expect, test } from 'vitest';
import { Output } from '../../host/terminal/output.ts';
import { Progress } from '../../host/terminal/progress.ts';
import { KeptStream } from '../support/kept-stream.ts';

function run(stream: KeptStream): void {
  const progress = new Progress(new Output(stream), 3);
  for (const [part, step] of [
    ['one', 'a'],
    ['one', 'b'],
    ['two', 'c'.repeat(100)],
  ] as const) {
    progress.begin(part, step);
    progress.end();
  }
  progress.clear();
}

test('on a terminal a bar fills one line, which is gone at the end', () => {
  const stream = new KeptStream(true);
  run(stream);
  const drawn = stream.text.split('\r\x1b[2K');
  expect(drawn).toHaveLength(5);
  expect(drawn[1]).toBe(`${'░'.repeat(24)} 0/3 one: a`);
  expect(drawn[2]).toBe(`${'█'.repeat(8)}${'░'.repeat(16)} 1/3 one: b`);
  expect(drawn[3]).toHaveLength(stream.columns - 1);
  expect(drawn[4]).toBe('');
  expect(stream.text).not.toContain('\n');
});

test('a part that is not known has no bar, and one that has grown fills it', () => {
  const stream = new KeptStream(true);
  const progress = new Progress(new Output(stream));
  progress.draw('copying 3 keys');
  progress.draw('copying 12 keys', 1.2);
  progress.clear();
  progress.clear();
  const drawn = stream.text.split('\r\x1b[2K');
  expect(drawn).toEqual(['', 'copying 3 keys', `${'█'.repeat(24)} copying 12 keys`, '']);
});

test('elsewhere each part is a line', () => {
  const stream = new KeptStream(false);
  run(stream);
  expect(stream.text).toBe('[0/3] one\n[2/3] two\n');
});
