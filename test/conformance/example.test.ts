import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BackendDefinition } from '../../host/backends/definition.ts';
import { root } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';
import { movableClock } from './subject.ts';
import { conformance } from './suite.ts';

const document = await readFile(join(root, 'docs/backends.md'), 'utf8');
const code = (/```ts\n([\s\S]*?)```/.exec(document)?.[1] ?? '').replace(
  "'kvasi'",
  JSON.stringify(join(root, 'host/index.ts')),
);

conformance('the backend that docs/backends.md shows', async () => {
  const project = await Project.create({ 'my-backend.ts': code });
  const module = (await import(pathToFileURL(join(project.folder, 'my-backend.ts')).href)) as {
    default: BackendDefinition<unknown>;
  };
  const clock = movableClock();
  const context = { now: clock.now, operationTimeout: 5000, tell: () => {} };
  return {
    promises: module.default.promises,
    clock,
    connect: async () => await module.default.connect({}, context),
    [Symbol.asyncDispose]: () => project[Symbol.asyncDispose](),
  };
});
