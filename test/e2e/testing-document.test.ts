import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readScenarios } from '../../host/testing/scenarios/read-scenarios.ts';
import { indentedBlocks } from '../packaging/document-blocks.ts';
import { component, root, runKvasi } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';

test('the scenarios of docs/testing.md give what it shows', async () => {
  const found = indentedBlocks(await readFile(join(root, 'docs/testing.md'), 'utf8'));
  const scenarios = found.find((block) => block.startsWith('component:')) ?? '';
  const shown = found.find((block) => block.startsWith('$ kvasi test')) ?? '';
  await using project = await Project.create({ 'scenarios.yaml': scenarios });
  await copyFile(component('kv-counter'), join(project.folder, 'kv-counter.wasm'));
  const [command = '', ...output] = shown.split('\n');
  const { code, stdout } = await runKvasi(command.replace('$ kvasi ', '').split(' '), {
    cwd: project.folder,
  });
  expect(stdout).toBe(output.join('\n'));
  expect(code).toBe(1);
});

test('the steps of docs/testing.md are steps', async () => {
  const steps = indentedBlocks(await readFile(join(root, 'docs/testing.md'), 'utf8')).filter((block) =>
    /^- (request|faults|outgoing):/.test(block),
  );
  expect(steps).toHaveLength(3);
  const text = steps.join('').replaceAll(/^/gm, '      ').trimEnd();
  await using project = await Project.create({
    'scenarios.yaml': `component: none.wasm\nscenarios:\n  - name: a\n    steps:\n${text}\n`,
  });
  const { scenarios } = await readScenarios('scenarios.yaml', project.folder);
  expect(scenarios[0]?.steps.map(({ kind }) => kind)).toEqual(['request', 'outgoing', 'request', 'faults']);
});
