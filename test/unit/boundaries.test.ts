import { expect, test } from 'vitest';
import { circles, type ImportOfSource, importsOfHost } from '../support/imports.ts';

/**
 * The layers of the host, lowest first: a file imports from its own layer's folder and from those below. A file belongs to the
 * most exact pattern; `*` is the name of one folder.
 */
const layers: readonly (readonly string[])[] = [
  ['shared'],
  ['terminal'],
  ['engine'],
  ['runtime'],
  ['settings'],
  ['interfaces/inspector-part.ts', 'interfaces/command-part.ts', 'interfaces/tracks.ts'],
  ['interfaces/host-interface.ts'],
  ['interfaces/io'],
  // Blobs are kept by the means by which keys are.
  ['interfaces/keyvalue'],
  ['interfaces/*'],
  ['interfaces'],
  ['component'],
  ['triggers/*'],
  ['composition'],
  ['inspector'],
  ['dev'],
  ['interfaces/*/inspector'],
  ['testing'],
  ['interfaces/*/commands'],
  ['cli'],
  ['.'],
];

const imports = await importsOfHost();

test('a file imports from its own folder and from the layers below', () => {
  const broken = imports.flatMap((one) => ruleBrokenBy(one) ?? []);
  expect(broken).toEqual([]);
});

test('an import that no layer allows is named with its rule', () => {
  const forbidden = { from: 'engine/link/linker.ts', to: 'cli/dev/dev.ts', isLazy: false };
  expect(ruleBrokenBy(forbidden)).toBe(
    'host/engine/link/linker.ts imports host/cli/dev/dev.ts, but engine may import from shared, terminal only',
  );
});

test('no files import one another in a circle, not even types', () => {
  const found = circles(imports).map((files) => files.join(' -> '));
  expect(found).toEqual([]);
});

function ruleBrokenBy({ from, to, isLazy }: ImportOfSource): string | undefined {
  const [layer, folder] = placeOf(from);
  const [layerOfTarget, folderOfTarget] = placeOf(to);
  if (folder === folderOfTarget || layerOfTarget < layer) return undefined;
  // A unit says where its parts for the main thread are, and they are loaded when they are needed.
  if (isLazy && folderOfTarget.startsWith(`${folder}/`)) return undefined;
  const below = layers.slice(0, layer).flat().join(', ');
  return `host/${from} imports host/${to}, but ${folder} may import from ${below} only`;
}

/** The number of the layer that a file belongs to, and the folder that makes it one. */
function placeOf(file: string): [layer: number, folder: string] {
  const parts = file.split('/');
  for (let length = parts.length; length > 0; length -= 1) {
    const folder = parts.slice(0, length);
    const layer = layers.findIndex((patterns) => patterns.some((pattern) => isLike(pattern, folder)));
    if (layer >= 0) return [layer, folder.join('/')];
  }
  return [layers.length - 1, '.'];
}

function isLike(pattern: string, folder: readonly string[]): boolean {
  const parts = pattern.split('/');
  return (
    parts.length === folder.length &&
    parts.every((part, at) => part === folder[at] || (part === '*' && !folder[at]?.endsWith('.ts')))
  );
}
