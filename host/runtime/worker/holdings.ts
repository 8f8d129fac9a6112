import { trap } from '../../engine/guest-trap.ts';

/** The most that the host holds for one request in fields, bodies that have nowhere to go yet, and values of cas handles. */
export const mostHeldBytes = 256 * 1024 * 1024;

/** Smaller buffers are left to the garbage collector. */
const smallBuffer = 16 * 1024;

/** What the host holds for one guest: bytes that are counted, and things that have to be closed when it ends. */
export class Holdings {
  /** How many files and folders are open. */
  openFiles = 0;
  /** The identifier of the bucket that was opened first in this request: most requests open one. */
  #identifier: string | undefined;
  /** The others. */
  readonly #identifiers = new Set<string>();
  #bytes = 0;
  readonly #open = new Set<() => void>();
  readonly #buffers = new Set<ArrayBuffer>();

  /** Counts bytes that are kept from now on. Traps where there would be too many. */
  take(bytes: number): void {
    if (this.#bytes + bytes > mostHeldBytes) {
      trap(
        `the host would hold ${this.#bytes + bytes} bytes for this request in fields, bodies and cas handles; ` +
          `at most ${mostHeldBytes} are allowed`,
      );
    }
    this.#bytes += bytes;
  }

  /** Bytes that were taken are not kept any more. */
  give(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** A bucket is opened. Answers false where it would be one more different one than `most`. */
  opens(identifier: string, most: number): boolean {
    this.#identifier ??= identifier;
    if (this.#identifier === identifier) return true;
    if (this.#identifiers.size + 1 >= most && !this.#identifiers.has(identifier)) return false;
    this.#identifiers.add(identifier);
    return true;
  }

  /** How many bytes are counted. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Bytes that nobody but the guest's own things has: their buffer is freed when the guest ends. Its thread may have nothing to do then,
   * and such a thread collects no garbage.
   */
  freeAtEnd({ buffer, byteLength }: Uint8Array): void {
    if (byteLength < smallBuffer || byteLength !== buffer.byteLength) return;
    if (buffer instanceof ArrayBuffer) this.#buffers.add(buffer);
  }

  /** Somebody else has these bytes from now on. */
  keep({ buffer }: Uint8Array): void {
    if (this.#buffers.size > 0) this.#buffers.delete(buffer as ArrayBuffer);
  }

  /** Calls back when the guest ends without having closed it itself, by the function that is answered. */
  keepOpen(close: () => void): () => void {
    this.#open.add(close);
    return () => this.#open.delete(close);
  }

  /** A request begins. */
  begin(): void {
    this.#identifier = undefined;
    if (this.#identifiers.size > 0) this.#identifiers.clear();
  }

  /** The guest has ended: what it left open is closed. */
  release(): void {
    this.#bytes = 0;
    this.begin();
    if (this.#buffers.size > 0) this.#free();
    if (this.#open.size === 0) return;
    const left = [...this.#open];
    this.#open.clear();
    for (const close of left) close();
  }

  #free(): void {
    for (const buffer of this.#buffers) buffer.transfer(0);
    this.#buffers.clear();
  }
}
