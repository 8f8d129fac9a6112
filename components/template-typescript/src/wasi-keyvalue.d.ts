/** What this component uses of wit/deps/wasi-keyvalue-0.2.0-draft/store.wit. Errors are thrown, with the variant as `payload`. */
declare module 'wasi:keyvalue/store@0.2.0-draft' {
  export function open(identifier: string): Bucket;

  export class Bucket {
    get(key: string): Uint8Array | undefined;
    set(key: string, value: Uint8Array): void;
    delete(key: string): void;
    exists(key: string): boolean;
    listKeys(cursor: bigint | undefined): { keys: string[]; cursor: bigint | undefined };
  }
}
