import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HostError, reasonOf } from '../../shared/host-error.ts';
import { packageRoot } from '../../shared/package-root.ts';
import { shownPath } from '../../shared/path.ts';
import { hostVersion } from '../../shared/version.ts';
import type { CommandContext } from '../../terminal/command-context.ts';
import { interfacesOf } from './interfaces-of.ts';
import type { Language, WasiVersion } from './languages.ts';
import { rustArtifact, type Template, templateOf } from './templates.ts';

const templates = fileURLToPath(new URL('components/', packageRoot));
const wit = fileURLToPath(new URL('wit/', packageRoot));
/** npm would leave these names out of the package, or read them as its own. */
const names: Readonly<Record<string, string>> = {
  gitignore: '.gitignore',
  'package-json': 'package.json',
  'wash-config.yaml': '.wash/config.yaml',
};

/** `kvasi new`: writes a project, and says what to do next. */
export async function createProject(
  path: string,
  { language, wasi }: { readonly language: Language; readonly wasi: WasiVersion },
  { cwd, stdout }: CommandContext,
): Promise<void> {
  const template = templateOf(language, wasi);
  const folder = resolve(cwd, path);
  const name = basename(folder);
  if (!/^[a-z][a-z0-9]*([-_][a-z0-9]+)*$/.test(name)) {
    const expected = 'lower-case letters, digits and dashes, beginning with a letter, such as my-app';
    throw new HostError('usage', `'${name}' can't be the name of a project. Expected ${expected}.`);
  }
  const shown = shownPath(folder, cwd);
  const found = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    const reason =
      error.code === 'ENOTDIR' ? 'is there already, and no folder' : `can't be read: ${error.message}`;
    throw new HostError('usage', `${shown} ${reason}. Take another name.`, { cause: error });
  });
  if (found.length > 0) throw new HostError('usage', `${shown} is not empty. Take another name.`);
  try {
    await writeProject(template, folder, name);
  } catch (cause) {
    throw new HostError('usage', `${shown} can't be written: ${reasonOf(cause)}`, { cause });
  }
  const missing = await template.missing();
  stdout.lines([
    `${shown} is ${template.title}.`,
    '',
    ...(missing === undefined ? [] : [missing, '']),
    `  cd ${shown}`,
    ...template.commands.map((command) => `  ${command.replaceAll('app-name', name)}`),
    '',
    'and, once it is built, its scenarios and its test:',
    '',
    '  npm install',
    '  npm test',
    '',
    'README.md says more.',
  ]);
}

async function writeProject(template: Template, folder: string, name: string): Promise<void> {
  for (const { folder: layer, files } of template.layers) {
    const from = join(templates, layer);
    for (const file of files ?? (await filesOf(from))) {
      const text = await readFile(join(from, file), 'utf8');
      const own = text
        .replaceAll(rustArtifact, template.artifact)
        .replaceAll('app-name', name.replaceAll('_', '-'))
        .replaceAll('app_name', name.replaceAll('-', '_'))
        .replaceAll('kvasi-version', hostVersion());
      await write(join(folder, names[file] ?? file), own);
    }
  }
  for (const owner of template.packages) {
    for (const file of await filesOf(join(wit, owner))) {
      const text = await readFile(join(wit, owner, file), 'utf8');
      const { wasi02 = '0.2.12' } = template;
      const own = (path: string): string => path.replaceAll('0.2.12', wasi02);
      await write(join(folder, 'wit/deps', own(owner).replace('@', '-'), file), own(interfacesOf(text)));
    }
  }
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/** The files below a folder, without what a build has left there. */
async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !path.startsWith('target/') && path !== 'Cargo.lock');
}
