import type { WitType } from '../decode/wit-type.ts';

/** Numbers the resource types of a component, so that a handle of one is no handle of another. */
export class ResourceKinds {
  readonly #kinds = new Map<WitType, number>();

  of(resource: WitType): number {
    let kind = this.#kinds.get(resource);
    if (kind === undefined) {
      kind = this.#kinds.size;
      this.#kinds.set(resource, kind);
    }
    return kind;
  }
}
