import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { declarations, writtenBy } from '../../component/declarations.ts';
import { handlerEntry, runEntry } from '../../component/entry-point.ts';
import { type ComponentFile, readComponent } from '../../component/read.ts';
import type { InterfaceDescription } from '../../engine/decode/wit-type.ts';
import { providedImports, whyNotProvided } from '../../interfaces/provided.ts';
import { readAtPlace } from '../../settings/at-place.ts';
import { HostError } from '../../shared/host-error.ts';
import { shownPath } from '../../shared/path.ts';
import { readText } from '../../shared/read-text.ts';
import type { CommandContext } from '../../terminal/command-context.ts';
import type { ProjectWorkload } from '../project-component.ts';
import { replaceText } from '../replace-text.ts';

/** The largest file that is replaced, in bytes. */
const largest = 64 * 1024 * 1024;

/** `kvasi types`: of all components of a project, those that serve one another left out. */
export async function types(
  { path, place, components }: ProjectWorkload,
  { out, all = false }: { readonly out?: string; readonly all?: boolean },
  { cwd, stdout, stderr }: CommandContext,
): Promise<void> {
  if (path === '') throw new HostError('usage', 'the component has the name "". Name a .wasm file.');
  if (out === '') throw new HostError('usage', '--out is "". Name a file.');
  const files = [
    await readAtPlace(place, () => readComponent(resolve(cwd, path))),
    ...(await Promise.all(components.map((one) => readAtPlace(one.place, () => readComponent(one.path))))),
  ];
  const imports = all
    ? distinct(files.flatMap(({ description }) => description.imports))
    : await unserved(files);
  const exports = distinct(files.flatMap(({ description }) => description.exported)).filter(
    ({ name }) => all || !isCalled(name),
  );
  const of = files.map((file) => shownPath(file.path, cwd)).join(', ');
  const text = declarations({ of, imports, exports });
  if (out === undefined) {
    stdout.text(text);
    return;
  }
  const target = resolve(cwd, out);
  const before = await readText(target, out, '', largest).catch(() => undefined);
  await requireOwnFile(target, out, before);
  if (before !== text) await replaceText(target, out, text, before);
  const count = imports.length + exports.length;
  stderr.text(`kvasi: ${out} declares ${count} ${count === 1 ? 'interface' : 'interfaces'}\n`);
}

/** Throws a `HostError` where the file is something else than declarations: the component itself, or the module beside them. */
async function requireOwnFile(target: string, shown: string, text: string | undefined): Promise<void> {
  const isThere = text !== undefined || (await stat(target).catch(() => undefined))?.isFile() === true;
  if (!isThere || text === '' || text?.includes(writtenBy) === true) return;
  throw new HostError(
    'usage',
    `--out is ${shown}, which exists, and was not written by kvasi types. Name another file, or delete it before.`,
  );
}

/** What neither the host nor another component of the project serves. */
async function unserved(files: readonly ComponentFile[]): Promise<InterfaceDescription[]> {
  const provided = await providedImports();
  return distinct(
    files.flatMap((file) =>
      file.description.imports.filter(
        (item) =>
          !files.some((other) => other !== file && other.description.exports.includes(item.name)) &&
          (isOwnTypes(item) || whyNotProvided(item, provided) !== undefined),
      ),
    ),
  );
}

/** An interface without functions, of a package that the host does not know: others use its types. */
function isOwnTypes({ name, functions }: InterfaceDescription): boolean {
  return functions.size === 0 && !name.startsWith('wasi:');
}

/** One of each name: the one with the most functions, where components import different ones. */
function distinct(items: readonly InterfaceDescription[]): InterfaceDescription[] {
  const found = new Map<string, InterfaceDescription>();
  for (const item of items) {
    const key = item.label ?? item.name;
    const known = found.get(key);
    if (known === undefined || known.functions.size < item.functions.size) found.set(key, item);
  }
  return [...found.values()];
}

/** Whether it is what the host itself calls of a component. */
function isCalled(name: string): boolean {
  return handlerEntry.isExported([name]) || runEntry.isExported([name]);
}
