import {
  BlobError,
  type ContainerInfo,
  containerExists,
  noSuchContainer,
  noSuchObject,
  type ObjectId,
  type ObjectInfo,
} from '../backend.ts';
import type { MemoryRoom } from './memory-room.ts';
import type { StoredObject } from './stored-object.ts';

/** How many names one page of a listing has. */
const pageSize = 1000;

/** How many containers there may be: they are kept although nothing is in them. */
const mostContainers = 10_000;

/** What each object takes besides its bytes, in bytes. */
const perObject = 256;

interface Container extends ContainerInfo {
  readonly objects: Map<string, StoredObject>;
  /** The names in order; undefined after one came or went, until the next listing. */
  sorted: string[] | undefined;
}

/** Some names, and whether there are more behind the last of them. */
export interface NamePage {
  readonly names: readonly string[];
  readonly isLast: boolean;
}

/** The containers of one host, on its main thread. Every call answers at once, and so comes wholly before or after every other. */
export class MemoryStore {
  readonly #containers = new Map<string, Container>();
  readonly #room: MemoryRoom;
  readonly #now: () => number;

  constructor(room: MemoryRoom, now: () => number) {
    this.#room = room;
    this.#now = now;
  }

  createContainer(name: string): void {
    if (this.#containers.has(name)) throw containerExists(name);
    if (this.#containers.size >= mostContainers) {
      throw new BlobError(
        'quota-exceeded',
        `there are ${mostContainers} containers in memory already, which is the most`,
      );
    }
    this.#containers.set(name, { created: this.#now(), objects: new Map(), sorted: [] });
  }

  deleteContainer(name: string): void {
    this.clear(name);
    this.#containers.delete(name);
  }

  containerInfo(name: string): ContainerInfo | undefined {
    const found = this.#containers.get(name);
    return found && { created: found.created };
  }

  containers(): string[] {
    return [...this.#containers.keys()];
  }

  object(container: string, object: string): StoredObject | undefined {
    return this.#container(container).objects.get(object);
  }

  /** The same without its bytes, of which a message would take along what holds each. */
  objectInfo(container: string, object: string): ObjectInfo | undefined {
    const found = this.object(container, object);
    return found && { size: found.size, created: found.created };
  }

  /** The names behind `after`, in order. @param after undefined: from the first on */
  page(container: string, prefix: string, after: string | undefined): NamePage {
    const found = this.#container(container);
    found.sorted ??= [...found.objects.keys()].sort();
    const from = after === undefined || after < prefix ? prefix : after;
    let at = firstNotBefore(found.sorted, from);
    if (found.sorted[at] === after) at += 1;
    const page = found.sorted.slice(at, at + pageSize);
    const names = page.filter((name) => name.startsWith(prefix));
    return { names, isLast: names.length < pageSize };
  }

  /** Puts an object in its place. @param taken how many bytes of room its upload has taken already */
  put(target: ObjectId, chunks: readonly SharedArrayBuffer[], size: number, taken: number): void {
    this.#container(target.container);
    this.#room.take(size + perObject - taken);
    this.#set(target, { chunks, size, created: this.#now() });
  }

  delete(container: string, objects: readonly string[]): void {
    const found = this.#container(container);
    for (const object of objects) this.#remove(found, object);
  }

  clear(name: string): void {
    const found = this.#container(name);
    for (const object of [...found.objects.keys()]) this.#remove(found, object);
  }

  copy(source: ObjectId, target: ObjectId): void {
    const from = this.#container(source.container).objects.get(source.object);
    this.#container(target.container);
    if (from === undefined) throw noSuchObject(source);
    this.put(target, from.chunks, from.size, 0);
  }

  move(source: ObjectId, target: ObjectId): void {
    const from = this.#container(source.container);
    const moved = from.objects.get(source.object);
    this.#container(target.container);
    if (moved === undefined) throw noSuchObject(source);
    from.objects.delete(source.object);
    from.sorted = undefined;
    this.#set(target, moved);
  }

  #set({ container, object }: ObjectId, stored: StoredObject): void {
    const found = this.#container(container);
    this.#remove(found, object);
    found.objects.set(object, stored);
    found.sorted = undefined;
  }

  #container(name: string): Container {
    const found = this.#containers.get(name);
    if (found === undefined) throw noSuchContainer(name);
    return found;
  }

  #remove(container: Container, object: string): void {
    const before = container.objects.get(object);
    if (before === undefined) return;
    container.objects.delete(object);
    container.sorted = undefined;
    this.#room.give(before.size + perObject);
  }
}

/** Where the first name is that does not come before another one. */
function firstNotBefore(sorted: readonly string[], name: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? '') < name) low = middle + 1;
    else high = middle;
  }
  return low;
}
