import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { GitIgnore } from '../../host/dev/git-ignore.ts';
import { Project } from '../support/project.ts';
import { isInstalled } from '../support/server.ts';

const hasGit = await isInstalled({ command: 'git', hint: 'https://git-scm.com' });

const files = {
  '.gitignore': '*.log\n!keep.log\n/only-here\nbuild/\ndocs/*.tmp\n# a comment\n\\#name\ntrailing \n',
  'app/.gitignore': '!wanted.log\nsecret.txt\n/local/\n',
  'app/deep/.gitignore': '*\n!.gitignore\n!*.rs\n',
};
const paths = [
  ...[
    'a.log',
    'keep.log',
    'only-here',
    'app/only-here',
    'build',
    'docs/x.tmp',
    'docs/y/x.tmp',
    '#name',
    'trailing',
  ],
  ...[
    'app/a.log',
    'app/wanted.log',
    'wanted.log',
    'app/secret.txt',
    'secret.txt',
    'app/x/secret.txt',
    'app/local/',
  ],
  ...[
    'app/deep/a.txt',
    'app/deep/a.rs',
    'app/deep/.gitignore',
    'app/x/build/',
    'excluded.txt',
    'app/Ünï.log',
  ],
];

describe.runIf(hasGit)('what git ignores', () => {
  test('is what git itself says', async () => {
    await using project = await Project.create(files);
    const git = (args: readonly string[], input = '') =>
      spawnSync('git', args, { cwd: project.folder, input, encoding: 'utf8' }).stdout;
    git(['init', '-q']);
    await project.write('.git/info/exclude', 'excluded.txt\n');
    // For git a path is a folder only when there is one.
    for (const path of paths.filter((name) => name.endsWith('/'))) await project.write(`${path}file`, '');
    const said = new Set(
      git(['check-ignore', '-z', '--stdin'], paths.map((path) => `${path}\0`).join('')).split('\0'),
    );
    const ignore = new GitIgnore(join(project.folder, 'app'));
    const ours = paths.filter((path) => {
      const isFolder = path.endsWith('/');
      return ignore.ignores(join(project.folder, isFolder ? path.slice(0, -1) : path), isFolder);
    });
    expect(said.size).toBeGreaterThan(8);
    expect(ours).toEqual(paths.filter((path) => said.has(path)));
  });
});

test('without a repository the folder’s own rules count', async () => {
  await using project = await Project.create({ '.gitignore': 'out\n' });
  const ignore = new GitIgnore(project.folder);
  expect(ignore.ignores(join(project.folder, 'out'), true)).toBe(true);
  expect(ignore.ignores(join(project.folder, 'src'), true)).toBe(false);
});
