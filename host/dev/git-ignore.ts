import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** What git ignores below a folder, by the `.gitignore` of each folder of the repository and its `info/exclude`. */
export class GitIgnore {
  /** The repository's folder, or the given one where there is none. */
  readonly #root: string;
  readonly #rules = new Map<string, Ignore | undefined>();

  constructor(folder: string) {
    this.#root = repositoryOf(folder) ?? folder;
  }

  /** Asks about one path whose folders are not ignored. */
  ignores(path: string, isFolder: boolean): boolean {
    for (let folder = dirname(path); folder.startsWith(this.#root); folder = dirname(folder)) {
      const name = relative(folder, path).split(sep).join('/') + (isFolder ? '/' : '');
      const verdict = this.#rulesOf(folder)?.test(name);
      if (verdict?.ignored === true) return true;
      // The rules of a folder win over those of the folders above.
      if (verdict?.unignored === true || folder === dirname(folder)) return false;
    }
    return false;
  }

  #rulesOf(folder: string): Ignore | undefined {
    if (!this.#rules.has(folder)) this.#rules.set(folder, this.#readRules(folder));
    return this.#rules.get(folder);
  }

  #readRules(folder: string): Ignore | undefined {
    const files = [join(folder, '.gitignore')];
    if (folder === this.#root) files.unshift(join(folder, '.git', 'info', 'exclude'));
    const texts = files.flatMap((file) => textOf(file) ?? []);
    return texts.length === 0 ? undefined : ignore().add(texts.join('\n'));
  }
}

function repositoryOf(folder: string): string | undefined {
  if (existsSync(join(folder, '.git'))) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : repositoryOf(parent);
}

function textOf(file: string): string | undefined {
  try {
    // A named pipe would be waited for.
    return statSync(file).isFile() ? readFileSync(file, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}
