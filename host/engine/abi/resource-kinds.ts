import type { AsyncType } from '../async/async-table.ts';
import type { WitType } from '../decode/wit-type.ts';
import type { StringEncoding } from './string-encoding.ts';

type StreamOrFuture = Extract<WitType, { kind: 'stream' | 'future' }>;

/** Elements that a component may move to itself through a stream. Source: `CanonicalABI.md`, `none_or_number_type`. */
const numbers = new Set(['s8', 'u8', 's16', 'u16', 's32', 'u32', 's64', 'u64', 'f32', 'f64']);

/** Numbers the types of a component whose values are handles, so that a handle of one is no handle of another. */
export class ResourceKinds {
  readonly #kinds = new Map<WitType, number>();
  readonly #asyncKinds = new Map<string, number>();
  readonly #results = new Map<string, number>();
  /** The types of streams and futures, by their numbers. */
  readonly asyncTypes: AsyncType[] = [];

  of(resource: WitType): number {
    let kind = this.#kinds.get(resource);
    if (kind === undefined) {
      kind = this.#kinds.size;
      this.#kinds.set(resource, kind);
    }
    return kind;
  }

  /** The number of a stream's or a future's type: the same for types of the same shape. */
  ofAsync(type: StreamOrFuture): number {
    const key = this.#shapeOf(type);
    let kind = this.#asyncKinds.get(key);
    if (kind === undefined) {
      kind = this.asyncTypes.push({ isNumber: type.of === undefined || numbers.has(type.of.kind) }) - 1;
      this.#asyncKinds.set(key, kind);
    }
    return kind;
  }

  /** A number for what an asynchronous function answers, and how: the same for the same. */
  ofResult(result: WitType | undefined, encoding: StringEncoding): number {
    const key = `${result === undefined ? '' : this.#shapeOf(result)} ${encoding}`;
    let form = this.#results.get(key);
    if (form === undefined) {
      form = this.#results.size;
      this.#results.set(key, form);
    }
    return form;
  }

  #shapeOf(type: WitType): string {
    return JSON.stringify(type, (_, value: unknown) => (isResource(value) ? this.of(value) : value));
  }
}

function isResource(value: unknown): value is WitType {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'resource';
}
