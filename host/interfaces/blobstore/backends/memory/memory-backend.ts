import type { MaybePromise } from '../../../../shared/maybe-promise.ts';
import type { BlobBackend, ContainerInfo, Download, ObjectId, ObjectInfo, Upload } from '../backend.ts';
import { usualChunk } from '../definition.ts';
import type { MemoryRoom } from './memory-room.ts';
import type { MemoryStore } from './memory-store.ts';
import { downloadOf } from './stored-object.ts';

/** The calls of a `MemoryStore`, by name. */
export type MemoryMethod = Exclude<keyof MemoryStore, symbol>;

/** Makes calls of the store, wherever it is. */
export type CallMemory = <Method extends MemoryMethod>(
  method: Method,
  ...args: Parameters<MemoryStore[Method]>
) => MaybePromise<ReturnType<MemoryStore[Method]>>;

/** Blobs in memory, as a thread uses them: bytes are shared, and only what is done with them goes to the thread that has the store. */
export class MemoryBackend implements BlobBackend {
  readonly chunkSize = usualChunk;
  readonly #call: CallMemory;
  readonly #room: MemoryRoom;

  /** @param room as this thread counts it */
  constructor(call: CallMemory, room: MemoryRoom) {
    this.#call = call;
    this.#room = room;
  }

  createContainer(container: string): MaybePromise<void> {
    return this.#call('createContainer', container);
  }

  deleteContainer(container: string): MaybePromise<void> {
    return this.#call('deleteContainer', container);
  }

  containerInfo(container: string): MaybePromise<ContainerInfo | undefined> {
    return this.#call('containerInfo', container);
  }

  async *containers(): AsyncGenerator<readonly string[]> {
    yield await this.#call('containers');
  }

  objectInfo(container: string, object: string): MaybePromise<ObjectInfo | undefined> {
    return this.#call('objectInfo', container, object);
  }

  async *objects(container: string, prefix: string): AsyncGenerator<readonly string[]> {
    let after: string | undefined;
    for (;;) {
      const { names, isLast } = await this.#call('page', container, prefix, after);
      yield names;
      if (isLast) return;
      after = names.at(-1);
    }
  }

  async read(container: string, object: string, start: number, end: number): Promise<Download | undefined> {
    const found = await this.#call('object', container, object);
    return found && downloadOf(found, start, end);
  }

  async write(container: string, object: string): Promise<Upload> {
    // Whether there is such a container.
    await this.#call('objectInfo', container, object);
    return new MemoryUpload({ container, object }, this.#call, this.#room);
  }

  delete(container: string, objects: readonly string[]): MaybePromise<void> {
    return this.#call('delete', container, objects);
  }

  clear(container: string): MaybePromise<void> {
    return this.#call('clear', container);
  }

  copy(source: ObjectId, target: ObjectId): MaybePromise<void> {
    return this.#call('copy', source, target);
  }

  move(source: ObjectId, target: ObjectId): MaybePromise<void> {
    return this.#call('move', source, target);
  }

  close(): void {}
}

class MemoryUpload implements Upload {
  readonly #id: ObjectId;
  readonly #call: CallMemory;
  readonly #room: MemoryRoom;
  #chunks: SharedArrayBuffer[] = [];
  #size = 0;
  #isOver = false;

  constructor(id: ObjectId, call: CallMemory, room: MemoryRoom) {
    this.#id = id;
    this.#call = call;
    this.#room = room;
  }

  write(chunk: Uint8Array): void {
    if (this.#isOver) return;
    this.#room.takeForUpload(chunk.length);
    const shared = new SharedArrayBuffer(chunk.length);
    new Uint8Array(shared).set(chunk);
    this.#chunks.push(shared);
    this.#size += chunk.length;
  }

  async finish(): Promise<void> {
    const size = this.#size;
    this.#isOver = true;
    try {
      await this.#call('put', this.#id, this.#chunks, size, size);
    } catch (error) {
      this.#room.giveOfUpload(size);
      throw error;
    } finally {
      this.#chunks = [];
    }
  }

  abort(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#chunks = [];
    this.#room.giveOfUpload(this.#size);
  }
}
