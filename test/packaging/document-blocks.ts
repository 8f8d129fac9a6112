import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../support/kvasi-process.ts';

/** A program that a document shows. */
export interface DocumentBlock {
  /** A name for its file, without an ending: `docs-testing-md-3`. */
  readonly name: string;
  readonly runner: 'vitest' | 'node:test' | 'none';
  /** What it imports. */
  readonly imports: readonly string[];
  readonly text: string;
}

/** The fenced programs of the documents that a user of the package reads for tests. */
export async function documentBlocks(): Promise<DocumentBlock[]> {
  const blocks: DocumentBlock[] = [];
  for (const document of ['README.md', 'docs/testing.md', 'docs/embedding.md', 'docs/blobs.md']) {
    const markdown = await readFile(join(root, document), 'utf8');
    for (const [index, [, text = '']] of [...markdown.matchAll(/^```js\n(.*?)^```$/gms)].entries()) {
      const imports = [...text.matchAll(/ from '([^']+)'/g)].map(([, name = '']) => name);
      const runner = imports.includes('node:test') ? 'node:test' : isForVitest(imports) ? 'vitest' : 'none';
      blocks.push({ name: `${document.replaceAll(/\W/g, '-')}-${index}`, runner, imports, text });
    }
  }
  return blocks;
}

function isForVitest(imports: readonly string[]): boolean {
  return imports.includes('vitest') || imports.includes('kvasi/vitest');
}

/** The indented blocks of a document, without the indentation. */
export function indentedBlocks(markdown: string): string[] {
  const matches = markdown.replaceAll(/^```.*?^```$/gms, '').matchAll(/(?:^ {4}.*\n(?:\n(?= {4}))?)+/gm);
  return [...matches].map(([block]) => block.replaceAll(/^ {4}/gm, ''));
}
