import { BlobError, type BlobErrorCase, type ObjectId } from '../backends/backend.ts';
import type { Blobs } from '../backends/uniform-backend.ts';

/** How a store is asked, be it past components or by one. What is refused throws a `Refusal`. */
export interface BlobDriver {
  createContainer(name: string): Promise<void>;
  deleteContainer(name: string): Promise<void>;
  containerExists(name: string): Promise<boolean>;
  /** When it was made, in milliseconds since 1970. */
  containerCreated(name: string): Promise<number>;
  /** The names of the objects, in any order. */
  list(container: string): Promise<string[]>;
  /** Writes the parts one after the other. */
  put(id: ObjectId, parts: Iterable<Uint8Array>): Promise<void>;
  /** Writes the parts, and gives up before the end. */
  putInVain(id: ObjectId, parts: Iterable<Uint8Array>): Promise<void>;
  /** The bytes from `start` to `end`, both inclusive. */
  get(id: ObjectId, start?: bigint, end?: bigint): Promise<Uint8Array>;
  info(id: ObjectId): Promise<{ readonly size: number; readonly created: number }>;
  has(id: ObjectId): Promise<boolean>;
  delete(container: string, objects: readonly string[]): Promise<void>;
  clear(container: string): Promise<void>;
  copy(source: ObjectId, target: ObjectId): Promise<void>;
  move(source: ObjectId, target: ObjectId): Promise<void>;
}

/** What the caller gets that the store did not do. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** Undefined where the caller has only the text. */
  readonly case: BlobErrorCase | undefined;

  constructor(message: string, errorCase: BlobErrorCase | undefined) {
    super(message);
    this.case = errorCase;
  }
}

/** Asks a store as the host does. */
export function directDriver(store: Blobs): BlobDriver {
  const put = async (id: ObjectId, parts: Iterable<Uint8Array>, isFinished: boolean): Promise<void> => {
    const upload = await store.write(id);
    for (const part of parts) await upload.write(part.slice());
    if (isFinished) await upload.finish();
    await upload.abort();
  };
  return refusing({
    createContainer: (name) => store.createContainer(name),
    deleteContainer: (name) => store.deleteContainer(name),
    containerExists: (name) => store.containerExists(name),
    containerCreated: async (name) => (await store.containerInfo(name)).created,
    async list(container) {
      const names: string[] = [];
      for await (const some of store.objects(container)) names.push(...some);
      return names;
    },
    put: (id, parts) => put(id, parts, true),
    putInVain: (id, parts) => put(id, parts, false),
    async get(id, start, end) {
      const download = await store.read(id, start, end);
      const chunks: Uint8Array[] = [];
      for (let chunk = await download.read(); chunk !== undefined; chunk = await download.read())
        chunks.push(chunk);
      download.close();
      return Buffer.concat(chunks);
    },
    info: (id) => store.objectInfo(id),
    has: (id) => store.hasObject(id),
    delete: (container, objects) => store.delete(container, objects),
    clear: (container) => store.clear(container),
    copy: (source, target) => store.copy(source, target),
    move: (source, target) => store.move(source, target),
  });
}

/** The same driver, whose store's errors are refusals. */
function refusing(driver: BlobDriver): BlobDriver {
  const wrapped = Object.entries(driver).map(([name, method]) => [
    name,
    async (...args: unknown[]) => {
      try {
        return await (method as (...given: unknown[]) => Promise<unknown>)(...args);
      } catch (error) {
        throw error instanceof BlobError ? new Refusal(error.message, error.case) : error;
      }
    },
  ]);
  return Object.fromEntries(wrapped) as BlobDriver;
}
