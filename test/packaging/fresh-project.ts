import { copyFile, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { component } from '../support/kvasi-process.ts';
import { command } from './command.ts';

/** The components that the examples of the documents run. */
const components = [
  component('http-kv-handler'),
  component('kv-counter'),
  component('workers-kv'),
  component('kv-race'),
  component('outgoing/forward', 'forward'),
  component('blobs/blob-probe', 'blob-probe'),
];

/** The configuration that an example takes. */
const configuration = 'dev: { component_path: kv-counter.wasm, keyvalue: { secrets: deny } }\n';

/** A project as a new user has it: nothing but what it installs. */
export class FreshProject {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * @param parent where its folder is made
   * @param manifest what its package.json says besides
   * @param packages what it installs, as npm is told it
   */
  static async create(parent: string, manifest: object, packages: readonly string[]): Promise<FreshProject> {
    const project = new FreshProject(await mkdtemp(join(parent, 'project-')));
    await project.write('package.json', JSON.stringify({ private: true, ...manifest }));
    await project.write('.wash/config.yaml', configuration);
    await Promise.all(components.map((path) => copyFile(path, join(project.folder, basename(path)))));
    if (packages.length > 0) await project.install(packages);
    return project;
  }

  async install(packages: readonly string[]): Promise<void> {
    // No --force and no --legacy-peer-deps: whoever installs it has neither.
    const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
    await command(['npm', 'install', ...flags, ...packages], { cwd: this.folder });
  }

  /** What may be imported of the package that is installed. */
  async hasExport(name: string): Promise<boolean> {
    const manifest = await readFile(join(this.folder, 'node_modules/kvasi/package.json'), 'utf8');
    return name in (JSON.parse(manifest) as { exports: object }).exports;
  }

  async write(path: string, text: string): Promise<void> {
    const file = join(this.folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
