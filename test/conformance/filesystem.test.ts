import { filesystem } from '../../host/backends/filesystem.ts';
import { Project } from '../support/project.ts';
import { movableClock } from './subject.ts';
import { conformance } from './suite.ts';

conformance('filesystem', async () => {
  const project = await Project.create();
  const clock = movableClock();
  return {
    promises: filesystem.promises,
    clock,
    connect: async () =>
      filesystem.connect(
        { path: project.folder },
        { now: clock.now, operationTimeout: 5000, tell: () => {} },
      ),
    [Symbol.asyncDispose]: () => project[Symbol.asyncDispose](),
  };
});
