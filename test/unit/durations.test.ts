import { expect, test } from 'vitest';
import { resolveSettings } from '../../host/composition/settings.ts';
import { readScenarios } from '../../host/testing/scenarios/read-scenarios.ts';
import { Project } from '../support/project.ts';

const day = 86_400_000;

test.for([
  ['720h', 30 * day],
  ['30d', 30 * day],
  ['1.5d', 1.5 * day],
  [2_592_000_001, 2_592_000_001],
  ['36500d', 36_500 * day],
])('a time to live of %s', async ([ttl, milliseconds]) => {
  const given = { name: 'config', data: { dev: { keyvalue: { b: { backend: 'in_memory', ttl } } } } };
  const { settings } = await resolveSettings({ cwd: '/', env: {}, flags: {}, given });
  expect(settings.keyvalue.named.get('b')).toEqual({ kind: 'in_memory', ttl: milliseconds });
});

/** A file of one scenario with one step. */
const scenario = (step: string, beside = ''): string =>
  `component: app.wasm\n${beside}scenarios:\n  - name: one\n    steps:\n      - ${step}\n`;

test('a scenario may let sixty days pass', async () => {
  await using project = await Project.create({
    'a.yaml': scenario('advance: 60d', 'keyvalue: { b: { ttl: 720h } }\n'),
  });
  const { scenarios } = await readScenarios('a.yaml', project.folder);
  expect(scenarios[0]?.steps[0]).toMatchObject({ kind: 'advance', milliseconds: 60 * day });
});

test.for([
  ['a fault that delays', scenario('faults: [{ op: get, delay: 25d }]')],
  ['a request timeout', scenario('advance: 1s', 'requestTimeout: 25d\n')],
] as const)('%s is waited for by a timer, so at most 24 days', async ([, source]) => {
  await using project = await Project.create({ 'a.yaml': source });
  await expect(readScenarios('a.yaml', project.folder)).rejects.toThrow(/is "25d"\. Expected .* at most 24d/);
});
