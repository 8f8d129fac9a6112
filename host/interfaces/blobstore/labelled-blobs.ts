import { addressOf, type LabelledName, labelledName } from '../../shared/labelled-name.ts';
import type { ContainerInfo, Download, ObjectId, ObjectInfo } from './backends/backend.ts';
import type { Blobs, UniformUpload } from './backends/uniform-backend.ts';
import { copyObject } from './copy-object.ts';

/** The containers of several stores: those of a label are called by their addresses. Each store is connected when it is asked for. */
export class LabelledBlobs implements Blobs {
  readonly #labels: readonly string[];
  readonly #listed: readonly (string | undefined)[];
  readonly #storeOf: (label: string | undefined) => Promise<Blobs>;

  /**
   * @param listed those whose containers can be listed, and undefined for what has none
   * @param storeOf the store of a label, or of what has none
   */
  constructor(
    labels: readonly string[],
    listed: readonly (string | undefined)[],
    storeOf: (label: string | undefined) => Promise<Blobs>,
  ) {
    this.#labels = labels;
    this.#listed = listed;
    this.#storeOf = storeOf;
  }

  async createContainer(container: string): Promise<void> {
    const { store, name } = await this.#at(container);
    await store.createContainer(name);
  }

  async deleteContainer(container: string): Promise<void> {
    const { store, name } = await this.#at(container);
    await store.deleteContainer(name);
  }

  async containerInfo(container: string): Promise<ContainerInfo> {
    const { store, name } = await this.#at(container);
    return await store.containerInfo(name);
  }

  async containerExists(container: string): Promise<boolean> {
    const { store, name } = await this.#at(container);
    return await store.containerExists(name);
  }

  async containers(): Promise<string[]> {
    const found: string[] = [];
    for (const label of this.#listed) {
      const names = await (await this.#storeOf(label)).containers();
      found.push(...names.map((name) => addressOf(label, name)));
    }
    return found.sort();
  }

  async objectInfo(id: ObjectId): Promise<ObjectInfo> {
    const { store, id: own } = await this.#object(id);
    return await store.objectInfo(own);
  }

  async hasObject(id: ObjectId): Promise<boolean> {
    const { store, id: own } = await this.#object(id);
    return await store.hasObject(own);
  }

  async *objects(container: string, prefix = ''): AsyncGenerator<readonly string[], void, undefined> {
    const { store, name } = await this.#at(container);
    yield* store.objects(name, prefix);
  }

  async read(id: ObjectId, start?: bigint, end?: bigint): Promise<Download> {
    const { store, id: own } = await this.#object(id);
    return await store.read(own, start, end);
  }

  async write(id: ObjectId): Promise<UniformUpload> {
    const { store, id: own } = await this.#object(id);
    return await store.write(own);
  }

  async delete(container: string, objects: readonly string[]): Promise<void> {
    const { store, name } = await this.#at(container);
    await store.delete(name, objects);
  }

  async clear(container: string): Promise<void> {
    const { store, name } = await this.#at(container);
    await store.clear(name);
  }

  async copy(source: ObjectId, target: ObjectId): Promise<void> {
    const [from, to] = [await this.#object(source), await this.#object(target)];
    if (from.store === to.store) await from.store.copy(from.id, to.id);
    else await copyObject(from.store, from.id, to.store, to.id);
  }

  async move(source: ObjectId, target: ObjectId): Promise<void> {
    const [from, to] = [await this.#object(source), await this.#object(target)];
    if (from.store === to.store) {
      await from.store.move(from.id, to.id);
      return;
    }
    await copyObject(from.store, from.id, to.store, to.id);
    await from.store.delete(from.id.container, [from.id.object]);
  }

  /** The stores are their owner's. */
  close(): void {}

  async #at(container: string): Promise<{ readonly store: Blobs; readonly name: string }> {
    const labelled: LabelledName | undefined = labelledName(container, (label) =>
      this.#labels.includes(label),
    );
    return { store: await this.#storeOf(labelled?.label), name: labelled?.name ?? container };
  }

  async #object({ container, object }: ObjectId): Promise<{ readonly store: Blobs; readonly id: ObjectId }> {
    const { store, name } = await this.#at(container);
    return { store, id: { container: name, object } };
  }
}
