/** What is asked of a server; errors name it. */
export interface Purpose {
  /** Such as `set of key 'k' in bucket 'b'`. */
  readonly text: string;
  /** Whether a lost answer leaves open what the store holds now. */
  readonly isWrite: boolean;
}

/** The longest key that is shown whole. */
const longest = 40;

/** What an operation on a key is for; errors name it. The text is made when one does. */
export class KeyPurpose implements Purpose {
  readonly isWrite: boolean;
  readonly #action: string;
  readonly #key: string;
  readonly #bucket: string;

  /** @param action such as `get` */
  constructor(action: string, key: string, bucket: string, isWrite: boolean) {
    this.#action = action;
    this.#key = key;
    this.#bucket = bucket;
    this.isWrite = isWrite;
  }

  get text(): string {
    return `${this.#action} of key '${shown(this.#key)}' in bucket '${this.#bucket}'`;
  }
}

/** A key as errors show it. */
export function shown(key: string): string {
  return key.length > longest ? `${key.slice(0, longest)}…` : key;
}
