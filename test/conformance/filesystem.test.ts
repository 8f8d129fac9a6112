import { filesystem } from '../../host/interfaces/keyvalue/backends/filesystem/filesystem.ts';
import { subjectOf } from '../../host/interfaces/keyvalue/conformance/subject.ts';
import { Project } from '../support/project.ts';
import { conformance } from './suite.ts';

conformance('filesystem', filesystem, async () => {
  const project = await Project.create();
  const dispose = () => project[Symbol.asyncDispose]();
  return await subjectOf({ kind: 'filesystem', path: project.folder }, { dispose });
});
