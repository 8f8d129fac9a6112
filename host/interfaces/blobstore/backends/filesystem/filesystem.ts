import {
  closeSync,
  createReadStream,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../../../shared/system-code.ts';
import { makeLastingFolder } from '../../../keyvalue/backends/filesystem/flush.ts';
import {
  isPlain,
  type NameRules,
  namesUnder,
  ownFolder,
} from '../../../keyvalue/backends/filesystem/names.ts';
import { ScratchFolder } from '../../../keyvalue/backends/filesystem/scratch-folder.ts';
import {
  type BlobBackend,
  type ContainerInfo,
  containerExists,
  type Download,
  noSuchContainer,
  noSuchObject,
  type ObjectId,
  type ObjectInfo,
  type Upload,
} from '../backend.ts';
import { copyThrough } from '../copy-through.ts';
import { type BlobContext, type BlobDefinition, largestName, usualChunk } from '../definition.ts';
import { fileFailure, isMissing, linkRefused } from '../file-failures.ts';
import { FileDownload } from './file-download.ts';
import { FileUpload } from './file-upload.ts';
import { FolderFlushes, foldersIn, readName } from './folders.ts';
import { lookAt, ObjectFiles } from './object-files.ts';
import { type ContainerPlace, containerPlace, escapedContainers, headOf } from './places.ts';

/**
 * One file an object, `<root>/<container>/<object>`, where wash has it too; other names under `.kvasi`. What was acknowledged survives a
 * power cut: the file and its folder are flushed to the disk before.
 */
export const filesystem: BlobDefinition<{ readonly path: string }> = {
  name: 'filesystem',
  capabilities: { durable: true, shared: true, reading: 'whole', largestName, largestObject: undefined },
  connect: ({ path }, context) => new FilesystemBlobs(path, context),
};

class FilesystemBlobs implements BlobBackend {
  readonly chunkSize = usualChunk;
  readonly #root: string;
  readonly #scratch: ScratchFolder;
  readonly #context: BlobContext;
  readonly #flushes = new FolderFlushes();
  #isPrepared = false;
  #rules: NameRules | undefined;

  constructor(root: string, context: BlobContext) {
    this.#root = root;
    this.#scratch = new ScratchFolder(join(root, ownFolder, 'temporary'));
    this.#context = context;
  }

  async createContainer(name: string): Promise<void> {
    await guarded(async () => {
      this.#prepare();
      const place = this.#place(name);
      if (lookAt(place.folder) !== undefined) throw containerExists(name);
      try {
        if (place.nameFile === undefined) mkdirSync(place.folder);
        else this.#makeEscaped(name, place);
      } catch (error) {
        if (['EEXIST', 'ENOTEMPTY'].includes(systemCode(error))) throw containerExists(name);
        throw error;
      }
      await this.#flushes.flush(join(place.folder, '..'));
    });
  }

  async deleteContainer(name: string): Promise<void> {
    await guarded(async () => {
      const { folder } = this.#require(name);
      this.#prepare();
      const gone = this.#scratch.newPath();
      renameSync(folder, gone);
      await this.#flushes.flush(join(folder, '..'));
      await rm(gone, { recursive: true, force: true });
    });
  }

  containerInfo(name: string): ContainerInfo | undefined {
    return guardedNow(() => {
      const stats = this.#look(this.#place(name));
      return stats && { created: stats.birthtimeMs || stats.ctimeMs };
    });
  }

  async *containers(): AsyncGenerator<readonly string[]> {
    const [plain, escaped] = guardedNow(() => [
      foldersIn(this.#root),
      foldersIn(escapedContainers(this.#root)),
    ]);
    const rules = this.#namesOf();
    yield plain.filter((name) => isPlain(name, rules));
    for (const hash of escaped) {
      const name = readName(join(escapedContainers(this.#root), hash, 'name'));
      if (name !== undefined && this.containerInfo(name) !== undefined) yield [name];
    }
  }

  objectInfo(container: string, object: string): ObjectInfo | undefined {
    return guardedNow(() => {
      const open = this.#files(container).open(object);
      if (open === undefined) return undefined;
      closeSync(open.file);
      return { size: open.length - open.offset, created: open.written };
    });
  }

  async *objects(container: string, prefix: string): AsyncGenerator<readonly string[]> {
    try {
      for (const names of this.#files(container).names())
        yield names.filter((name) => name.startsWith(prefix));
    } catch (error) {
      throw fileFailure(error);
    }
  }

  read(container: string, object: string, start: number, end: number): Download | undefined {
    return guardedNow(() => {
      const open = this.#files(container).open(object);
      return open && new FileDownload(open, open.offset, start, end);
    });
  }

  async write(container: string, object: string): Promise<Upload> {
    return await guarded(async () => {
      const head = this.#files(container).headFor(object);
      this.#prepare();
      const upload = this.#upload((path) => this.#put(path, { container, object }, head !== undefined));
      if (head !== undefined) await upload.write(head);
      return upload;
    });
  }

  async delete(container: string, objects: readonly string[]): Promise<void> {
    await guarded(() => this.#files(container).delete(objects));
  }

  async clear(container: string): Promise<void> {
    await guarded(async () => {
      const { objects } = this.#require(container);
      this.#prepare();
      const gone = this.#scratch.newPath();
      mkdirSync(gone);
      for (const name of readdirSync(objects)) renameSync(join(objects, name), join(gone, name));
      await this.#flushes.flush(objects);
      await rm(gone, { recursive: true, force: true });
    });
  }

  async copy(source: ObjectId, target: ObjectId): Promise<void> {
    await copyThrough(this, source, target);
  }

  async move(source: ObjectId, target: ObjectId): Promise<void> {
    await guarded(async () => {
      const from = this.#files(source.container);
      const to = this.#files(target.container);
      if (await from.move(source.object, to, target.object)) return;
      if (this.objectInfo(source.container, source.object) === undefined) throw noSuchObject(source);
      await copyThrough(this, source, target);
      await from.delete([source.object]);
    });
  }

  close(): void {
    this.#scratch.close();
  }

  #upload(place: (path: string) => Promise<void>): FileUpload {
    return new FileUpload(this.#scratch.newPath(), place, () => this.#context.now());
  }

  async #put(path: string, { container, object }: ObjectId, hasHead: boolean): Promise<void> {
    const files = this.#files(container);
    try {
      if (await files.put(path, object, hasHead)) return;
    } catch (error) {
      // The container may have gone since it was looked at.
      if (isMissing(error)) this.#require(container);
      throw error;
    }
    // Another object has come whose name makes this one's that of a folder, or the other way round.
    const upload = this.#upload(async (copied) => void (await files.put(copied, object, true)));
    try {
      await upload.write(headOf(object));
      for await (const chunk of createReadStream(path, { highWaterMark: usualChunk }))
        await upload.write(chunk);
      await upload.finish();
    } finally {
      upload.abort();
      rmSync(path, { force: true });
    }
  }

  #place(name: string): ContainerPlace {
    return containerPlace(this.#root, name, this.#namesOf());
  }

  #namesOf(): NameRules {
    if (this.#rules !== undefined) return this.#rules;
    const rules = namesUnder(this.#root);
    // Before, our own folder is not there that tells.
    if (this.#isPrepared) this.#rules = rules;
    return rules;
  }

  #look({ folder }: ContainerPlace) {
    const stats = lookAt(folder);
    if (stats?.isSymbolicLink() === true) throw linkRefused(folder);
    return stats?.isDirectory() === true ? stats : undefined;
  }

  /** Throws `no-such-container`. */
  #require(container: string): ContainerPlace {
    const place = this.#place(container);
    if (this.#look(place) === undefined) throw noSuchContainer(container);
    return place;
  }

  #files(container: string): ObjectFiles {
    return new ObjectFiles(this.#require(container).objects, this.#namesOf(), this.#flushes);
  }

  /** Makes what has to be there for anything to be written. */
  #prepare(): void {
    const escaped = escapedContainers(this.#root);
    if (this.#isPrepared && lookAt(escaped) !== undefined) return;
    makeLastingFolder(escaped);
    if (!this.#isPrepared) this.#scratch.sweep();
    this.#isPrepared = true;
  }

  /** A folder with the name in it, which is there at once. */
  #makeEscaped(name: string, { folder }: ContainerPlace): void {
    const made = this.#scratch.newPath();
    mkdirSync(join(made, 'objects'), { recursive: true });
    writeFileSync(join(made, 'name'), name, { flush: true });
    try {
      renameSync(made, folder);
    } catch (error) {
      rmSync(made, { recursive: true, force: true });
      throw error;
    }
  }
}

async function guarded<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw fileFailure(error);
  }
}

function guardedNow<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw fileFailure(error);
  }
}
