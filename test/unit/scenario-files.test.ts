import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generatedSchema } from '../../host/testing/scenarios/generate.ts';
import { readScenarios } from '../../host/testing/scenarios/read-scenarios.ts';
import { Project } from '../support/project.ts';

async function read(text: string) {
  await using project = await Project.create({ 'scenarios.yaml': text });
  return await readScenarios('scenarios.yaml', project.folder);
}

/** The message with which a file is refused. */
async function refusal(text: string): Promise<string> {
  return await read(text).then(
    () => 'it was taken',
    (error: Error) => error.message,
  );
}

test('the JSON Schema is what the schema generates', async () => {
  const { url, content } = generatedSchema();
  expect(await readFile(url, 'utf8'), 'Run: npm run schema').toBe(content);
});

test('a file gives its scenarios, each with what the file says for all of them', async () => {
  const { scenarios } = await read(`
component: ../app.wasm
environment: { A: '1', B: '1' }
keyvalue:
  carts: { ttl: 60s }
clock: 2026-01-01T00:00:00Z
scenarios:
  - name: one
    environment: { B: '2' }
    before: { carts: { text: v, json: { json: { a: 1 } }, bytes: { base64: AAE= } } }
    steps:
      - request: /
      - request: { path: '/?a', headers: { x-a: [b, c] }, body: { json: [1] } }
        expect: { status: 201, headers: { x: null, y: { regex: ^a } }, body: { regex: /B/i } }
      - advance: 61s
      - write: { carts: { a: v, b: null } }
      - faults: [{ op: set, key: /^a/, delay: 200ms }]
    after: { carts: {} }
  - name: two
    component: other.wasm
    clock: frozen
    steps: [{ request: delete /a, expect: 404 }]
`);
  const [one, two] = scenarios;
  expect(one?.host).toMatchObject({
    component: expect.stringMatching(/\/app\.wasm$/),
    environment: { A: '1', B: '2' },
    keyvalue: { carts: { ttl: 60_000 } },
    instances: 'fresh',
    clock: new Date('2026-01-01T00:00:00Z'),
  });
  const texts = [...(one?.before.get('carts') ?? [])].map(([key, value]) => [key, String(value)]);
  expect(texts).toEqual([
    ['text', 'v'],
    ['json', '{"a":1}'],
    ['bytes', '\0\x01'],
  ]);
  expect(one?.steps).toMatchObject([
    { kind: 'request', method: 'GET', path: '/', expected: { form: 'none' } },
    {
      method: 'POST',
      path: '/?a',
      headers: [
        ['x-a', 'b'],
        ['x-a', 'c'],
        ['content-type', 'application/json'],
      ],
      expected: {
        status: 201,
        headers: new Map<string, unknown>([
          ['x', null],
          ['y', /^a/u],
        ]),
        body: { kind: 'regex', regex: /B/iu },
      },
    },
    { kind: 'advance', milliseconds: 61_000 },
    { kind: 'write' },
    { kind: 'faults', faults: [{ op: 'set', key: /^a/u, delay: 200 }] },
  ]);
  expect(one?.after).toEqual(new Map([['carts', new Map()]]));
  expect(two).toMatchObject({ host: { environment: { A: '1', B: '1' }, clock: 'frozen' } });
  expect(two?.steps).toMatchObject([{ method: 'DELETE', expected: { form: 'status', status: 404 } }]);
});

const start = 'component: app.wasm\nscenarios:\n';

test.for([
  ['scenarios.yaml', 'component: app.wasm\n', /^scenarios\.yaml:1:1: scenarios is missing\. Add it\.$/],
  ['a syntax error', 'a: [', /^scenarios\.yaml:1:5: not valid YAML: /],
  [
    'a misspelled key',
    `${start}  - name: a\n    steps:\n      - request: /\n        expct: 200\n`,
    /^scenarios\.yaml:6:9: scenarios\[0\]\.steps\[0\]\.expct is not a known key\. Did you mean expect\?$/,
  ],
  [
    'no component',
    'scenarios:\n  - name: a\n    steps: [{ request: / }]\n',
    /^scenarios\.yaml:2:5: scenarios\[0\] has no component\./,
  ],
  [
    'two scenarios of one name',
    `${start}  - { name: a, steps: [{ request: / }] }\n  - { name: a, steps: [{ request: / }] }\n`,
    /^scenarios\.yaml:4:13: there is a scenario "a" at scenarios\.yaml:3:13 already/,
  ],
  [
    'a number as a body',
    `${start}  - name: a\n    steps:\n      - request: /\n        expect: { body: 1 }\n`,
    /^scenarios\.yaml:6:25: scenarios\[0\]\.steps\[0\]\.expect\.body is 1, a number\. Expected text, or one of/,
  ],
  [
    'a step that is two things',
    `${start}  - { name: a, steps: [{ request: /, advance: 1s }] }\n`,
    /^scenarios\.yaml:3:24: .*steps\[0\] is a map\. Expected exactly one of request, publish, advance, write, faults, outgoing\.$/,
  ],
  [
    'a path without a slash',
    `${start}  - { name: a, steps: [{ request: GET a }] }\n`,
    /^scenarios\.yaml:3:35: .*request is "GET a"\. Expected "GET \/path", or a section/,
  ],
  [
    'a regular expression that is none',
    `${start}  - { name: a, steps: [{ request: /, expect: { body: { regex: '(' } } }] }\n`,
    /^scenarios\.yaml:3:63: .*regex is "\("\. Expected a regular expression such as .*Unterminated group/,
  ],
  [
    'no steps',
    `${start}  - { name: a, steps: [] }\n`,
    /^scenarios\.yaml:3:23: .*steps is a list\. Expected at least one step\.$/,
  ],
  [
    'base64 that is none',
    `${start}  - { name: a, before: { b: { k: { base64: '!' } } }, steps: [{ request: / }] }\n`,
    /^scenarios\.yaml:3:44: .*base64 is "!"\. Expected bytes as base64\.$/,
  ],
  [
    'a fault that does nothing',
    `${start}  - { name: a, steps: [{ faults: [{ op: set }] }] }\n`,
    /steps\[0\] is a map\. Expected faults that say what goes wrong: error, delay, /,
  ],
  [
    'a fault that contradicts itself',
    `${start}  - { name: a, steps: [{ faults: [{ op: get, error: other, stale: true }] }] }\n`,
    /steps\[0\] is a map\. Expected faults that have one of error, drop, stale, pageSize and partition, each/,
  ],
  [
    'a partition that is an error too',
    `${start}  - { name: a, steps: [{ faults: [{ partition: true, error: other }] }] }\n`,
    /steps\[0\] is a map\. Expected faults that have one of error, drop, /,
  ],
  [
    'a message that no error has',
    `${start}  - { name: a, steps: [{ faults: [{ op: get, error: access-denied, message: a }] }] }\n`,
    /steps\[0\] is a map\. Expected faults that have .* a message beside drop or the error other only/,
  ],
  [
    'a fault of no operation',
    `${start}  - { name: a, steps: [{ faults: [{ op: sett, error: other }] }] }\n`,
    /faults\[0\]\.op is "sett"\. Expected one of open, get, set, /,
  ],
] as const)('%s is a mistake with its place', async ([, text, message]) => {
  expect(await refusal(text)).toMatch(message);
});

test('all mistakes of a file are told at once', async () => {
  const message = await refusal(`${start}  - { name: a, steps: [] }\n  - { nam: b, steps: [] }\n`);
  expect(message).toMatch(/^scenarios\.yaml has 4 problems:\n/);
});

test('a file that is not there is said to be missing', async () => {
  await expect(readScenarios(join('none', 'scenarios.yaml'), '/')).rejects.toThrow(
    'none/scenarios.yaml does not exist. Name a file of scenarios.',
  );
});

test.for([
  ['{ path: /, headers: { "a b": c } }', /names such as accept/],
  ['{ path: /, headers: { a: "b\\r\\nc: d" } }', /values without line breaks/],
  ['{ path: /, headers: { a: [b, "\\u20ac"] } }', /Latin-1 only/],
  ['{ path: /, method: CONNECT }', /CONNECT, TRACE and TRACK can't be sent/],
  ['{ path: /, method: "G T" }', /a method such as GET or POST/],
  ['TRACE /', /CONNECT, TRACE and TRACK can't be sent/],
  ['{ path: /, method: GET, body: b }', /GET and HEAD have no body/],
])('a request that can not be sent is a mistake of the file: %s', async ([request, message]) => {
  const told = await refusal(
    `component: a.wasm\nscenarios:\n  - name: one\n    steps:\n      - request: ${request}\n`,
  );
  expect(told).toMatch(/^scenarios\.yaml:5:\d+: scenarios\[0\]\.steps\[0\]\.request/);
  expect(told).toMatch(message ?? '');
});
