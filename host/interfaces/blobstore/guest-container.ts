import { BlobError, type Download, type ObjectId } from './backends/backend.ts';
import { type BlobGuest, onObject } from './blob-guest.ts';

/** What the two packages say in different ways. */
export interface BlobShape {
  /** A time that is given in milliseconds since 1970. */
  time(milliseconds: number): bigint;
  /** What a guest gets that a store has refused something. */
  error(error: BlobError): unknown;
}

interface ContainerMetadata {
  readonly name: string;
  readonly createdAt: bigint;
}

interface ObjectMetadata extends ContainerMetadata {
  readonly container: string;
  readonly size: bigint;
}

/** A container as a guest has it, without what is read and written, in which the packages differ. */
export class GuestContainer {
  protected readonly guest: BlobGuest;
  protected readonly shape: BlobShape;
  readonly #name: string;

  constructor(name: string, guest: BlobGuest, shape: BlobShape) {
    this.#name = name;
    this.guest = guest;
    this.shape = shape;
  }

  name(): string {
    return this.#name;
  }

  info(): Promise<ContainerMetadata> {
    return this.answer(async () => {
      const { created } = await this.guest.make('info', { container: this.#name }, (store) =>
        store.containerInfo(this.#name),
      );
      return { name: this.#name, createdAt: this.shape.time(created) };
    });
  }

  deleteObject(object: string): Promise<void> {
    const id = this.id(object);
    return this.answer(() =>
      this.guest.make('delete-object', onObject(id), (store) => store.delete(this.#name, [object])),
    );
  }

  deleteObjects(objects: readonly string[]): Promise<void> {
    return this.answer(() =>
      this.guest.make(
        'delete-objects',
        { container: this.#name, objects },
        (store) => store.delete(this.#name, objects),
        () => [objects.length],
      ),
    );
  }

  hasObject(object: string): Promise<boolean> {
    const id = this.id(object);
    return this.answer(() =>
      this.guest.make(
        'has-object',
        onObject(id),
        (store) => store.hasObject(id),
        (has) => [has],
      ),
    );
  }

  objectInfo(object: string): Promise<ObjectMetadata> {
    const id = this.id(object);
    return this.answer(async () => {
      const { created, size } = await this.guest.make(
        'object-info',
        onObject(id),
        (store) => store.objectInfo(id),
        (info) => [info.size],
      );
      const createdAt = this.shape.time(created);
      return { name: object, container: this.#name, createdAt, size: BigInt(size) };
    });
  }

  clear(): Promise<void> {
    return this.answer(() =>
      this.guest.make('clear', { container: this.#name }, (store) => store.clear(this.#name)),
    );
  }

  /** Opens a part of an object, whose first and last byte belong to it. */
  protected open(object: string, start: bigint, end: bigint): Promise<Download> {
    const id = this.id(object);
    return this.guest.make(
      'get-data',
      onObject(id),
      (store) => store.read(id, start, end),
      ({ length }) => [length],
    );
  }

  /** The names of the objects, some at a time. */
  protected names(): Promise<AsyncGenerator<readonly string[], void, undefined>> {
    return this.guest.make('list-objects', { container: this.#name }, async (store) => {
      await store.containerInfo(this.#name);
      return store.objects(this.#name);
    });
  }

  protected id(object: string): ObjectId {
    return { container: this.#name, object };
  }

  protected answer<T>(act: () => Promise<T>): Promise<T> {
    return answerIn(this.shape, act);
  }
}

/** The functions of the interface `blobstore`, which are the same in both packages. @param containerOf the resource of the package */
export function containerFunctions(
  guest: BlobGuest,
  shape: BlobShape,
  containerOf: (name: string) => GuestContainer,
): Record<string, unknown> {
  const answer = <T>(act: () => Promise<T>): Promise<T> => answerIn(shape, act);
  return {
    createContainer: (name: string) =>
      answer(async () => {
        await guest.make('create-container', { container: name }, (store) => store.createContainer(name));
        return containerOf(name);
      }),
    getContainer: (name: string) =>
      answer(async () => {
        await guest.make('get-container', { container: name }, (store) => store.containerInfo(name));
        return containerOf(name);
      }),
    deleteContainer: (name: string) =>
      answer(() =>
        guest.make('delete-container', { container: name }, (store) => store.deleteContainer(name)),
      ),
    containerExists: (name: string) =>
      answer(() =>
        guest.make(
          'container-exists',
          { container: name },
          (store) => store.containerExists(name),
          (exists) => [exists],
        ),
      ),
    copyObject: (source: ObjectId, target: ObjectId) =>
      answer(() => guest.make('copy-object', onObject(source), (store) => store.copy(source, target))),
    moveObject: (source: ObjectId, target: ObjectId) =>
      answer(() => guest.make('move-object', onObject(source), (store) => store.move(source, target))),
  };
}

/** A store's error is the guest's to handle; anything else is a bug of ours and traps with its stack. */
async function answerIn<T>(shape: BlobShape, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw error instanceof BlobError ? shape.error(error) : error;
  }
}
