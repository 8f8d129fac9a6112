import { expect, test } from 'vitest';
import { Fields } from '../../host/interfaces/http/fields.ts';
import { Holdings } from '../../host/runtime/worker/holdings.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const texts = (values: readonly Uint8Array[]): string[] =>
  values.map((value) => Buffer.from(value).toString('latin1'));

test('names are found in any case and kept as they were given', () => {
  const fields = Fields.fromList(
    [
      ['Set-Cookie', bytes('a=1')],
      ['set-cookie', bytes('b=2')],
    ],
    new Holdings(),
  );
  expect(texts(fields.get('SET-COOKIE'))).toEqual(['a=1', 'b=2']);
  expect(fields.toRaw()).toEqual(['Set-Cookie', 'a=1', 'set-cookie', 'b=2']);
});

test('set replaces all values, delete removes them', () => {
  const fields = Fields.fromList(
    [
      ['x', bytes('1')],
      ['X', bytes('2')],
      ['y', bytes('3')],
    ],
    new Holdings(),
  );
  fields.set('x', [bytes('4')]);
  expect(texts(fields.get('x'))).toEqual(['4']);
  fields.delete('X');
  expect(fields.has('x')).toBe(false);
  expect(fields.has('y')).toBe(true);
});

test('a value keeps bytes that are no ASCII', () => {
  const received = Fields.received(['x-bytes', 'caf\xe9'], new Holdings());
  expect([...(received.get('x-bytes')[0] ?? [])]).toEqual([0x63, 0x61, 0x66, 0xe9]);
});

test.for(['', 'a b', 'a:', 'ä', 'a\n'])('the name "%s" is no header name', (name) => {
  expect(() => new Fields(new Holdings()).append(name, bytes('v'))).toThrow(
    expect.objectContaining({ tag: 'invalid-syntax' }),
  );
});

test.for(['a\r\nb: c', 'nul\0', 'line\n'])('a value can not smuggle another header in', (value) => {
  expect(() => new Fields(new Holdings()).append('x', bytes(value))).toThrow(
    expect.objectContaining({ tag: 'invalid-syntax' }),
  );
});

test('headers of the connection are kept from guests both ways', () => {
  expect(() => new Fields(new Holdings()).append('Transfer-Encoding', bytes('chunked'))).toThrow(
    expect.objectContaining({ tag: 'forbidden' }),
  );
  expect(
    Fields.received(['Host', 'a', 'Connection', 'close', 'accept', '*/*'], new Holdings()).toRaw(),
  ).toEqual(['accept', '*/*']);
});

test('received headers can be read and copied, not changed', () => {
  const received = Fields.received(['a', '1'], new Holdings());
  expect(() => received.append('b', bytes('2'))).toThrow(expect.objectContaining({ tag: 'immutable' }));
  const copy = received.clone();
  copy.append('b', bytes('2'));
  expect(received.has('b')).toBe(false);
});
