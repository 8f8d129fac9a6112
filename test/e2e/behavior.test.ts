import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { component, runKvasi } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';

const race = `component: any.wasm
scenarios:
  - name: by reading and writing
    before: { counters: { a: '1' } }
    steps: [{ request: POST /race/a }, { request: POST /race/a }]
  - name: by swapping
    steps: [{ request: POST /cas/a }]
`;

test('a component that loses data when a read is behind is found out, and where', async () => {
  await using project = await Project.create({ 'race.yaml': race });
  const args = ['inspect', component('kv-race'), '--behavior', 'race.yaml'];
  const { code, stdout } = await runKvasi(args, { cwd: project.folder });
  expect(stdout).toBe(`kv-race.wasm under faults

by reading and writing
  open counters       answers 5xx  500 at step 1, POST /race/a, if it fails once, keeps failing or is denied
  get counters/a      answers 5xx  500 at step 1, POST /race/a, if it fails once, keeps failing or is denied
                      goes on      answers as without, if it answers what was before
  set counters/a      answers 5xx  500 at step 1, POST /race/a, if it fails once, keeps failing, is denied or is done and its answer lost
  get counters/a (2)  answers 5xx  500 at step 2, POST /race/a, if it fails once, keeps failing or is denied
                      loses data   counters/a is "2" in place of "3", if it answers what was before
  set counters/a (2)  answers 5xx  500 at step 2, POST /race/a, if it fails once, keeps failing, is denied or is done and its answer lost

by swapping
  open counters       answers 5xx  500 at step 1, POST /cas/a, if it fails once, keeps failing or is denied
  cas.new counters/a  answers 5xx  500 at step 1, POST /cas/a, if it fails once, keeps failing or is denied
  swap counters/a     answers 5xx  500 at step 1, POST /cas/a, if it fails once, keeps failing, is denied or is done and its answer lost

29 runs: 1 lose data, 0 hang, 0 break off, 27 answer 5xx, 1 go on
`);
  expect(code).toBe(1);
});

test('the scenarios beside the component are taken; as JSON it is one object', async () => {
  await using project = await Project.create({
    'scenarios.yaml': 'component: a.wasm\nscenarios: [{ name: reads, steps: [{ request: /?key=a }] }]\n',
  });
  await copyFile(component('http-kv-handler'), join(project.folder, 'a.wasm'));
  const args = ['inspect', join(project.folder, 'a.wasm'), '--behavior', '--json'];
  const { code, stdout } = await runKvasi(args);
  const { scenarios } = JSON.parse(stdout) as { scenarios: { scenario: string; trials: object[] }[] };
  expect(scenarios.map(({ scenario }) => scenario)).toEqual(['reads']);
  expect(scenarios[0]?.trials).toContainEqual({
    operation: 'get in_memory/a',
    fault: 'fails once',
    effect: 'answers 5xx',
    detail: '500 at step 1, GET /?key=a',
  });
  expect(code).toBe(0);
});

test('a scenario that does not pass without faults is told', async () => {
  await using project = await Project.create({
    'scenarios.yaml': 'scenarios: [{ name: wrong, steps: [{ request: /a, expect: 404 }] }]\n',
  });
  const args = ['inspect', component('kv-counter'), '--behavior', 'scenarios.yaml'];
  const { code, stdout } = await runKvasi(args, { cwd: project.folder });
  expect(stdout).toContain('step 1, GET /a: status\n  expected: 404\n  actual:   200');
  expect(stdout).toContain('It does not pass without faults.');
  expect(code).toBe(1);
});

test('a file may have scenarios of several components, and some with faults of their own', async () => {
  const file = `component: counter.wasm
scenarios:
  - { name: counts, steps: [{ request: /a, expect: { body: "1\\n" } }] }
  - { name: fails, steps: [{ faults: [{ op: increment, error: other }] }, { request: /a, expect: 500 }] }
  - { name: of another, component: hello.wasm, steps: [{ request: /, expect: { body: "Hello, world!\\n" } }] }
`;
  await using project = await Project.create({ 'scenarios.yaml': file });
  for (const [name, local] of [
    ['kv-counter', 'counter'],
    ['hello', 'hello'],
  ] as const)
    await copyFile(component(name), join(project.folder, `${local}.wasm`));
  const shown = async (name: string) =>
    await runKvasi(['inspect', name, '--behavior'], { cwd: project.folder });
  const { code, stdout } = await shown('counter.wasm');
  expect(stdout).toMatch(/^counter\.wasm under faults\n\ncounts\n {2}open counters /);
  expect(stdout).not.toMatch(/^(fails|of another)$/m);
  expect(code).toBe(0);
  expect((await shown('hello.wasm')).stdout).toBe(
    'hello.wasm under faults\n\nof another\n  It does nothing with its buckets.\n\n' +
      '0 runs: 0 lose data, 0 hang, 0 break off, 0 answer 5xx, 0 go on\n',
  );
});
