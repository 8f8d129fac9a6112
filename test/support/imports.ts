import { glob, readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { root } from './kvasi-process.ts';

/** An import of a source of the host, by its paths from `host/` on. */
export interface ImportOfSource {
  readonly from: string;
  readonly to: string;
  /** It is loaded when it is needed: `import()`, or the entry of a thread. */
  readonly isLazy: boolean;
}

const importing = /(?:\bfrom\s+|\bimport\s+|(\bimport\())'(\.{1,2}\/[^']+)'/g;

/** All imports between the host's sources, of types too. */
export async function importsOfHost(): Promise<ImportOfSource[]> {
  const imports: ImportOfSource[] = [];
  const host = join(root, 'host');
  for await (const from of glob('**/*.ts', { cwd: host })) {
    const text = await readFile(join(host, from), 'utf8');
    for (const [, lazy, target = ''] of text.matchAll(importing)) {
      imports.push({ from, to: normalize(join(dirname(from), target)), isLazy: lazy !== undefined });
    }
  }
  return imports;
}

/** Files that import one another in a circle, without what is loaded lazily: one circle for each group. */
export function circles(imports: readonly ImportOfSource[]): string[][] {
  const next = new Map<string, string[]>();
  for (const { from, to, isLazy } of imports) {
    if (!isLazy) next.set(from, [...(next.get(from) ?? []), to]);
  }
  const found: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    const at = path.indexOf(file);
    if (at >= 0) {
      found.push([...path.slice(at), file]);
      return;
    }
    if (done.has(file)) return;
    path.push(file);
    for (const to of next.get(file) ?? []) visit(to);
    path.pop();
    done.add(file);
  };
  for (const file of next.keys()) visit(file);
  return found;
}
