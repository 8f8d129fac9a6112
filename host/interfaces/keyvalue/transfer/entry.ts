/** A key and its value. */
export interface Entry {
  readonly key: string;
  readonly value: Uint8Array;
}
