import { join } from 'node:path';
import { expect, test } from 'vitest';
import { complaintsOf } from '../support/compile.ts';
import { root } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';

test.each(['library.ts', 'of-vitest.ts'])(
  'the types take and refuse what test/types/%s says',
  async (file) => {
    await using project = await Project.create();
    const complaints = await complaintsOf(
      join(root, 'node_modules/typescript/bin/tsc'),
      project.folder,
      [
        join(root, 'test/types', file),
        join(root, 'host/declarations/webassembly.d.ts'),
        join(root, 'host/declarations/jest-globals.d.ts'),
        join(root, 'host/declarations/undici-client.d.ts'),
      ],
      {
        module: 'nodenext',
        lib: ['es2024', 'esnext.disposable', 'esnext.promise'],
        types: ['node'],
        typeRoots: [join(root, 'node_modules/@types')],
        paths: { kvasi: [join(root, 'host/index.ts')], 'kvasi/*': [join(root, 'host/*.ts')] },
        allowImportingTsExtensions: true,
        // These are the sources, and not the declarations.
        skipLibCheck: true,
      },
    );
    expect(complaints).toBe('');
  },
);
