import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { subjectOf } from '../../host/interfaces/keyvalue/conformance/subject.ts';
import { root } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';
import { conformance } from './suite.ts';

const document = await readFile(join(root, 'docs/backends.md'), 'utf8');
const code = (/```ts\n([\s\S]*?)```/.exec(document)?.[1] ?? '').replace(
  "'kvasi/backend'",
  JSON.stringify(join(root, 'host/backend.ts')),
);

const project = await Project.create({ 'my-backend.ts': code });
afterAll(() => project[Symbol.asyncDispose]());
const start = () => subjectOf({ kind: 'module', path: join(project.folder, 'my-backend.ts'), options: {} });

conformance('the backend that docs/backends.md shows', await start(), start);
