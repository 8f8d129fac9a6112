import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Entry } from '../../host/interfaces/keyvalue/transfer/entry-store.ts';
import { readEntries, toJson } from '../../host/interfaces/keyvalue/transfer/json-lines.ts';

async function read(...chunks: (Uint8Array | string)[]): Promise<Entry[]> {
  const source = async function* () {
    for (const chunk of chunks) yield Buffer.from(chunk as string);
  };
  const entries: Entry[] = [];
  for await (const entry of readEntries(source())) entries.push(entry);
  return entries;
}

test('every key and every value come back as they were, wherever the bytes are cut', async () => {
  const entries = fc.array(
    fc.record({ key: fc.string({ unit: 'grapheme' }), value: fc.uint8Array({ maxLength: 50 }) }),
    { maxLength: 10 },
  );
  await fc.assert(
    fc.asyncProperty(entries, fc.nat(200), async (given, cut) => {
      const bytes = Buffer.from(given.map((entry) => `${toJson(entry)}\n`).join(''));
      const found = await read(bytes.subarray(0, cut), bytes.subarray(cut));
      expect(found.map(({ key, value }) => [key, Buffer.from(value).toString('hex')])).toEqual(
        given.map(({ key, value }) => [key, Buffer.from(value).toString('hex')]),
      );
    }),
  );
});

test('text stays readable, anything else is base64', () => {
  expect(toJson({ key: 'a', value: Buffer.from('é\n"') })).toBe('{"key":"a","value":"é\\n\\""}');
  expect(toJson({ key: 'a', value: Uint8Array.of(0xff) })).toBe('{"key":"a","base64":"/w=="}');
  expect(toJson({ key: 'a', value: Uint8Array.of(0) })).toBe('{"key":"a","base64":"AA=="}');
});

test('a byte order mark, empty lines, CRLF and a last line without an end are no trouble', async () => {
  const found = await read('\ufeff{"key":"a","value":"1"}\r\n\r\n{"key":"b","value":"2"}');
  expect(found.map(({ key, value }) => `${key}=${Buffer.from(value)}`)).toEqual(['a=1', 'b=2']);
});

test.for([
  ['{"key":"a"}', /line 2 is no entry/],
  ['{"key":1,"value":"v"}', /line 2 is no entry/],
  ['{"key":"a","value":"v","base64":"AA=="}', /line 2 is no entry/],
  ['{"key":"a","base64":"A"}', /line 2 is no entry/],
  ['["a","b"]', /line 2 is no entry/],
  ['{"key":', /line 2 is not JSON/],
  [Uint8Array.of(0x22, 0xff), /line 2 is not UTF-8/],
  ['{"key":"x\\ud800","value":"v"}', /line 2: the key has half of a surrogate pair .*"\{\\"key/],
  ['{"key":"x","value":"\\udc00v"}', /line 2: the value has half of a surrogate pair .*under "base64"/],
] as const)('%s is refused by its line', async ([line, message]) => {
  await expect(read('{"key":"a","value":"v"}\n', line)).rejects.toThrow(message);
});
