import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { run } from '../../host/cli/run.ts';
import { root } from '../support/kvasi-process.ts';

const documents = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'components/README.md', 'wit/README.md'],
  ...(await readdir(join(root, 'docs'))).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`),
];

test.for(documents)('%s: what it links to is there', async (document) => {
  const text = await readFile(join(root, document), 'utf8');
  for (const [, target = ''] of text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    await expect(stat(join(root, dirname(document), target)), target).resolves.toBeDefined();
  }
});

test.for(documents)('%s: the npm scripts that it names exist', async (document) => {
  const text = await readFile(join(root, document), 'utf8');
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { scripts: object };
  for (const [, script = ''] of text.matchAll(/npm run (?:-s )?([\w-]+)/g))
    expect(Object.keys(scripts)).toContain(script);
});

test.for(documents)('%s: the flags of dev that it names exist', async (document) => {
  const text = await readFile(join(root, document), 'utf8');
  const help = await helpOf('dev');
  for (const [, flag = ''] of text.matchAll(/kvasi(?: --)? dev[^\n]*? (--[a-z][a-z-]*)/g))
    expect(help).toContain(flag);
});

test('docs/configuration.md has every flag of the settings', async () => {
  const text = await readFile(join(root, 'docs/configuration.md'), 'utf8');
  for (const [flag] of (await helpOf('config')).matchAll(/--(?!help|json|directory)[a-z][a-z-]*(?= [<[])/g))
    expect(text).toContain(`\`${flag} `);
});

async function helpOf(command: string): Promise<string> {
  const stdout = new PassThrough({ encoding: 'utf8' });
  const { signal } = new AbortController();
  const context = { cwd: root, env: {}, stdin: new PassThrough(), stdout, stderr: stdout, signal };
  expect(await run([command, '--help'], context)).toBe(0);
  return String(stdout.read());
}
