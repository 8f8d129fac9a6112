import { execFile } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { readComponent } from '../../host/component/read.ts';
import { Project } from '../support/project.ts';

test.runIf(process.platform !== 'win32')(
  'what can’t be read as a component is refused in words',
  async () => {
    await using project = await Project.create({ file: '', 'folder/a': '' });
    const at = (name: string) => join(project.folder, name);
    await promisify(execFile)('mkfifo', [at('pipe')]);
    await symlink('loop', at('loop'));
    await symlink('pipe', at('link'));
    for (const [name, reason] of [
      ['folder', 'is a folder; name the .wasm file in it.'],
      ['pipe', 'is a named pipe, no plain file.'],
      ['link', 'is a named pipe, no plain file.'],
      ['/dev/null', 'is a device, no plain file.'],
      ['absent', 'does not exist. Build the component first, or name another file.'],
      ['file/a', 'does not exist: what should be its folder is a file.'],
      ['loop', 'is a symbolic link that leads back to itself.'],
      ['x'.repeat(300), 'has a longer name than a file can have.'],
      ['a\0b', 'is no name that a file can have.'],
    ] as const) {
      const path = name.startsWith('/') ? name : at(name);
      await expect(readComponent(path)).rejects.toMatchObject({ message: `${path} ${reason}` });
    }
  },
);
