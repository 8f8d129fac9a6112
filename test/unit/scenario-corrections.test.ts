import { expect, test } from 'vitest';
import { correct } from '../../host/testing/scenarios/correct.ts';

const source = `# Why this file is here.
component: app.wasm   # built by cargo

scenarios:
  # The first one.
  - name: counts
    steps:
      - request: GET /a
        expect: { status: 200, body: "1\\n" }   # one
      - request: {method: POST, path: "/a", headers: { a: [b, c], d: [ e ] }}
        expect:
          status: 200 # fine
          body:
            json: { a: 1 }

      - request: GET /c

    after:
      counters:
        a: '1'
        b: '2' # two
`;

test('expectations are written back; comments, order and all the rest stay', () => {
  const step = (index: number, ...rest: string[]) => ['scenarios', 0, 'steps', index, 'expect', ...rest];
  const corrected = correct(source, [
    { path: step(0, 'body'), value: '2\n' },
    { path: step(1, 'status'), value: 201 },
    { path: step(1, 'body'), value: { json: { a: 2 } } },
    { path: step(2), value: { status: 200, body: 'line 1\nline 2\n' } },
    { path: ['scenarios', 0, 'after', 'counters', 'a'], value: undefined },
    { path: ['scenarios', 0, 'after', 'counters', 'b'], value: '3' },
    { path: ['scenarios', 0, 'after', 'counters', 'c'], value: { base64: 'AAE=' } },
  ]);
  expect(corrected).toBe(`# Why this file is here.
component: app.wasm # built by cargo

scenarios:
  # The first one.
  - name: counts
    steps:
      - request: GET /a
        expect: { status: 200, body: "2\\n" } # one
      - request: {method: POST, path: "/a", headers: { a: [b, c], d: [ e ] }}
        expect:
          status: 201 # fine
          body:
            json:
              a: 2

      - request: GET /c
        expect:
          status: 200
          body: |
            line 1
            line 2

    after:
      counters:
        b: '3' # two
        c:
          base64: AAE=
`);
});

test('what is taken away leaves an empty map, and what is added makes one', () => {
  const one = 'scenarios:\n  - after:\n      a:\n        k: v\n';
  const path = ['scenarios', 0, 'after', 'a', 'k'];
  const without = correct(one, [{ path, value: undefined }]);
  expect(without).toBe('scenarios:\n  - after:\n      a: {}\n');
  expect(correct(without, [{ path, value: 'v' }])).toBe(one);
  expect(correct('scenarios:\n  - after:\n      a:\n', [{ path, value: 'v' }])).toBe(one);
});

test('what is the alias of something else is not changed, and that is said', () => {
  const aliased = 'scenarios:\n  - expect: &e { status: 200 }\n  - expect: *e\n';
  const correction = { path: ['scenarios', 1, 'expect', 'status'], value: 201 };
  expect(() => correct(aliased, [correction])).toThrow(
    "scenarios[1].expect is written by means of an alias. --update can't change it; do it by hand.",
  );
});
