import { join } from 'node:path';
import { sqlite } from '../../host/backends/sqlite.ts';
import { Project } from '../support/project.ts';
import { movableClock } from './subject.ts';
import { conformance } from './suite.ts';

conformance('sqlite', async () => {
  const project = await Project.create();
  const clock = movableClock();
  return {
    promises: sqlite.promises,
    clock,
    connect: async () =>
      sqlite.connect(
        { path: join(project.folder, 'state', 'kv.db') },
        { now: clock.now, operationTimeout: 5000, tell: () => {} },
      ),
    [Symbol.asyncDispose]: () => project[Symbol.asyncDispose](),
  };
});
