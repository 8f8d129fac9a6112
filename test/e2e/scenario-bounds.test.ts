import { expect, test } from 'vitest';
import { HostError } from '../../host/index.ts';
import { startHost } from '../../host/testing.ts';
import { component, runKvasi } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';

/** What `kvasi test` says of scenarios that do not pass, and how long it took in milliseconds. */
async function failed(text: string): Promise<{ output: string; code: number | null; time: number }> {
  await using project = await Project.create({ 'scenarios.yaml': text });
  const begun = performance.now();
  const { code, stdout, stderr } = await runKvasi(['test'], { cwd: project.folder, patience: 60_000 });
  return { output: stdout + stderr, code, time: performance.now() - begun };
}

const value = `${'a'.repeat(60)}!`;
const handler = `component: ${component('http-kv-handler')}\n`;

test.for([
  [
    'a body',
    `expect: { body: { regex: "^(.+)+[$]" } }`,
    /scenarios\.yaml:7:25: step 1, GET \/\?key=k: body\n +the pattern \/\^\(\.\+\)\+\[\$\]\/u took longer than 1 s on \d+ characters\./,
  ],
  [
    'a header',
    `expect: { headers: { content-type: { regex: "^(.*)*(.*)*(.*)*(.*)*[$]" } } }`,
    /: step 1, GET \/\?key=k: header content-type\n +the pattern .* took longer than 1 s on \d+ characters\./,
  ],
] as const)('a pattern that takes for ever on %s fails its scenario', async ([, expected, message]) => {
  const { output, code, time } = await failed(`${handler}scenarios:
  - name: a
    before: { in_memory: { k: "${value}" } }
    steps:
      - request: GET /?key=k
        ${expected}
`);
  expect(output).toMatch(message);
  expect(code).toBe(1);
  expect(time).toBeLessThan(20_000);
});

test('a pattern that takes for ever on what a bucket holds fails its scenario', async () => {
  const { output, code } = await failed(`${handler}scenarios:
  - name: a
    before: { in_memory: { k: "${value}" } }
    steps: [{ request: GET /?key=k }]
    after: { in_memory: { k: { regex: "^(a+)+$" } } }
`);
  expect(output).toMatch(
    /:6:\d+: after, bucket "in_memory", key "k": differs\n +the pattern .* longer than 1 s/,
  );
  expect(code).toBe(1);
});

test('a pattern that takes for ever on the key of a fault fails its scenario, and the next one passes', async () => {
  const { output, code, time } = await failed(`${handler}scenarios:
  - name: a
    steps:
      - faults: [{ op: get, key: /^(a+)+$/, error: other }]
      - request: GET /?key=${value}
        expect: 500
  - name: b
    steps: [{ request: GET /?key=k, expect: 404 }]
`);
  expect(output).toMatch(
    /scenarios\.yaml:6:9: step 2, .*: the pattern of a key took too long to say whether a fault is to happen\./,
  );
  expect(output).toMatch(/\n1 passed, 1 failed\n/);
  expect(code).toBe(1);
  expect(time).toBeLessThan(20_000);
});

test('in a test, the component gets an error that names the pattern, and the host tells', async () => {
  await using host = await startHost({ component: component('http-kv-handler') });
  const fault = host.faults.add({ op: 'get', key: /^(a+)+$/, error: 'other' });
  const answer = await host.fetch(`/?key=${value}`);
  expect(answer.status).toBe(500);
  await answer.text();
  expect(fault.undecided).toBe(1);
  expect(host.output()).toContain('a fault: the pattern /^(a+)+$/ took longer than 0.4 s on 61 characters.');
  await (await host.fetch(`/?key=${'a'.repeat(10)}`)).text();
  expect([fault.hits, fault.undecided]).toEqual([1, 1]);
});

test.for([
  [
    '99999-01-01',
    /scenarios\.yaml:2:8: clock is "99999-01-01"\. Expected "system", "frozen", or a moment from 1970 to 2261/,
  ],
  ['2026-02-30', /scenarios\.yaml:2:8: clock is "2026-02-30"\. Expected /],
  ['1969-07-20', /scenarios\.yaml:2:8: clock is "1969-07-20"\. Expected /],
  ['"1"', /scenarios\.yaml:2:8: clock is "1"\. Expected /],
] as const)('the clock %s is a mistake of the file', async ([clock, message]) => {
  const { output, code } = await failed(
    `${handler}clock: ${clock}\nscenarios: [{ name: a, steps: [{ request: / }] }]\n`,
  );
  expect(output).toMatch(message);
  expect(code).toBe(1);
});

test('time that goes beyond what a clock counts fails its step', async () => {
  const { output, code } = await failed(`${handler}clock: 2200-01-01
scenarios:
  - name: a
    steps:
      - advance: 36500d
`);
  expect(output).toMatch(/scenarios\.yaml:6:9: step 1, advance: the clock of a host can't be at 2299-12-/);
  expect(code).toBe(1);
});

test.for([new Date(Number.NaN), new Date('1969-12-31'), new Date('2262-01-01')])(
  'a host is not started at %s',
  async (clock) => {
    const started = startHost({ component: component('hello'), clock });
    await expect(started).rejects.toThrow(HostError);
    await expect(started).rejects.toThrow('a moment from 1970 to 2261');
  },
);

test('the clock of a host is not set to what is none', async () => {
  await using host = await startHost({ component: component('hello') });
  for (const time of [new Date('nonsense'), -1, new Date('99999-01-01')])
    expect(() => host.clock.set(time)).toThrow('a moment from 1970 to 2261');
});
