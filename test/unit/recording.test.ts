import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { WantedBytes } from '../../host/testing/scenarios/bytes.ts';
import { readScenarios } from '../../host/testing/scenarios/read-scenarios.ts';
import { Recording } from '../../host/testing/scenarios/recording/recording.ts';
import type { Buckets } from '../../host/testing/scenarios/scenario.ts';
import type { TappedExchange } from '../../host/triggers/http/tap-exchange.ts';
import { Project } from '../support/project.ts';

/** Names that objects of JavaScript have already can't be written down. */
const key = fc
  .string({ unit: 'binary', maxLength: 20 })
  .filter((text) => !['__proto__', 'prototype', 'constructor'].includes(text));
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => new TextEncoder().encode(text)),
  fc
    .constantFrom('- a: b\n', 'null', ' 1 ', '\n\n', 'a\n ', '# c', '|', '\ufeffx', '\u2028')
    .map((text) => Buffer.from(text)),
);
const buckets = fc
  .dictionary(key, fc.dictionary(key, bytes, { maxKeys: 3, noNullPrototype: true }), {
    maxKeys: 3,
    noNullPrototype: true,
  })
  .map(
    (record) =>
      new Map(Object.entries(record).map(([name, entries]) => [name, new Map(Object.entries(entries))])),
  );

function exchange(requestBody: Uint8Array, body: Uint8Array): TappedExchange {
  const headers = new Headers({ 'content-type': 'text/plain', date: 'now' });
  const sent = ['Host', 'localhost', 'X-A', 'b', 'X-A', 'c', 'Cookie', 'secret'];
  return {
    method: 'POST',
    target: '/a%20b?c',
    requestHeaders: sent,
    requestBody,
    status: 201,
    headers,
    body,
    began: 1,
    ended: 2,
  };
}

/** What an expectation asks for, byte by byte. */
function expectedHex(wanted: WantedBytes | undefined): string | undefined {
  if (wanted?.kind === 'text') return Buffer.from(wanted.text).toString('hex');
  return wanted?.kind === 'base64' ? Buffer.from(wanted.base64, 'base64').toString('hex') : undefined;
}

/** Buckets as nested lists, sorted, each value shown by `show`. */
function plain<V>(buckets: Buckets<V> | undefined, show: (value: V) => unknown): unknown {
  const entries = [...(buckets ?? [])].map(
    ([name, keys]) => [name, [...keys].map(([id, value]) => [id, show(value)]).sort()] as const,
  );
  return entries.sort();
}

const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex');

test('whatever was recorded is read back as it was', async () => {
  await using project = await Project.create();
  const path = `${project.folder}/scenarios.yaml`;
  await fc.assert(
    fc.asyncProperty(bytes, bytes, buckets, buckets, async (requestBody, body, before, after) => {
      const recording = new Recording(path, { component: 'a.wasm' }, before, false);
      recording.add(exchange(requestBody, body));
      await project.write('scenarios.yaml', recording.text(after));
      const { scenarios } = await readScenarios(path, project.folder);
      const [scenario] = scenarios;
      const step = scenario?.steps[0];
      expect(plain(scenario?.before, hex)).toEqual(plain(before, hex));
      expect(plain(scenario?.after, expectedHex)).toEqual(plain(after, hex));
      if (step?.kind !== 'request') throw new Error('no request');
      expect(step).toMatchObject({ method: 'POST', path: '/a%20b?c' });
      expect(step.headers).toEqual([
        ['x-a', 'b'],
        ['x-a', 'c'],
      ]);
      expect(hex(step.body ?? new Uint8Array())).toBe(hex(requestBody));
      expect(step.expected.status).toBe(201);
      expect([...step.expected.headers.keys()]).toEqual(['content-type']);
      expect(expectedHex(step.expected.body)).toBe(body.length === 0 ? undefined : hex(body));
    }),
    { numRuns: 200 },
  );
});
