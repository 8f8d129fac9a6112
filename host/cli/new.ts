import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { HostError, reasonOf } from '../shared/host-error.ts';
import { packageRoot } from '../shared/package-root.ts';
import { shownPath } from '../shared/path.ts';
import { hostVersion } from '../shared/version.ts';
import type { CommandContext } from '../terminal/command-context.ts';

const run = promisify(execFile);
const target = 'wasm32-wasip2';
const template = fileURLToPath(new URL('components/template/', packageRoot));
const keyvalue = fileURLToPath(new URL('wit/wasi-keyvalue@0.2.0-draft/', packageRoot));
/** npm would leave these names out of the package, or read them as its own. */
const names: Readonly<Record<string, string>> = {
  gitignore: '.gitignore',
  'package-json': 'package.json',
  'wash-config.yaml': '.wash/config.yaml',
};

/** `kvasi new`: writes a Rust project, and says what to do next. */
export async function createProject(path: string, { cwd, stdout }: CommandContext): Promise<void> {
  const folder = resolve(cwd, path);
  const name = basename(folder);
  if (!/^[a-z][a-z0-9]*([-_][a-z0-9]+)*$/.test(name)) {
    const expected = 'lower-case letters, digits and dashes, beginning with a letter, such as my-app';
    throw new HostError('usage', `'${name}' can't be the name of a crate. Expected ${expected}.`);
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
    await writeProject(folder, name);
  } catch (cause) {
    throw new HostError('usage', `${shown} can't be written: ${reasonOf(cause)}`, { cause });
  }
  const missing = await missingToolchain();
  stdout.lines([
    `${shown} is a Rust project for a component that keeps values in wasi:keyvalue.`,
    '',
    ...(missing === undefined ? [] : [missing, '']),
    `  cd ${shown}`,
    `  cargo build --target ${target} --release`,
    '  kvasi dev',
    '',
    'and, once it is built, its scenarios and its test:',
    '',
    '  npm install',
    '  npm test',
    '',
    'README.md says more.',
  ]);
}

async function writeProject(folder: string, name: string): Promise<void> {
  for (const file of await filesOf(template)) {
    const text = await readFile(join(template, file), 'utf8');
    const own = text
      .replaceAll('app-name', name.replaceAll('_', '-'))
      .replaceAll('app_name', name.replaceAll('-', '_'))
      .replaceAll('kvasi-version', hostVersion());
    await write(join(folder, names[file] ?? file), own);
  }
  for (const file of await filesOf(keyvalue)) {
    const text = await readFile(join(keyvalue, file), 'utf8');
    await write(join(folder, 'wit/deps/wasi-keyvalue-0.2.0-draft', file), text);
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
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length))
    .filter((path) => !path.startsWith('target/') && path !== 'Cargo.lock');
}

/** What has to be installed before the project can be built. */
async function missingToolchain(): Promise<string | undefined> {
  try {
    const { stdout } = await run('rustc', ['--print', 'target-libdir', '--target', target]);
    if (existsSync(stdout.trim())) return undefined;
  } catch {
    return `Building it needs Rust: install it from https://rustup.rs, then run rustup target add ${target}.`;
  }
  return `Building it needs the target ${target}: run rustup target add ${target}.`;
}
