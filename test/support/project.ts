import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder of its own for a test, removed with everything in it. */
export class Project implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** @param files contents by path */
  static async create(files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<Project> {
    const project = new Project(await mkdtemp(join(tmpdir(), 'kvasi-test-')));
    for (const [path, contents] of Object.entries(files)) await project.write(path, contents);
    return project;
  }

  /** Answers the file's absolute path. */
  async write(path: string, contents: string | Uint8Array): Promise<string> {
    const file = join(this.folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, contents);
    return file;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
