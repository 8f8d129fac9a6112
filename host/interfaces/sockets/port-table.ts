import type { Plane } from './messages.ts';

const ports = 65_536;
const planes = 4;
/** Ports that are given out where none is asked for (RFC 6335). */
const firstFree = 49_152;

/** Who has which port of the private loopback. All workers of a workload share it, so that a port is taken at once or not at all. */
export class PortTable {
  readonly buffer: SharedArrayBuffer;
  readonly #owners: Uint16Array;

  constructor(buffer = new SharedArrayBuffer(planes * ports * Uint16Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#owners = new Uint16Array(buffer);
  }

  /** Takes a port, or any where it is 0. Answers undefined where it is not free, or none is. */
  take(plane: Plane, port: number, owner: number): number | undefined {
    if (port !== 0) return this.#claim(plane, port, owner) ? port : undefined;
    const count = ports - firstFree;
    const start = Math.floor(Math.random() * count);
    for (let step = 0; step < count; step += 1) {
      const free = firstFree + ((start + step) % count);
      if (this.#claim(plane, free, owner)) return free;
    }
    return undefined;
  }

  give(plane: Plane, port: number, owner: number): void {
    Atomics.compareExchange(this.#owners, plane * ports + port, owner, 0);
  }

  /** An owner has ended: what it had is free. */
  giveAll(owner: number): void {
    for (let at = 0; at < this.#owners.length; at += 1)
      if (this.#owners[at] === owner) Atomics.compareExchange(this.#owners, at, owner, 0);
  }

  #claim(plane: Plane, port: number, owner: number): boolean {
    return Atomics.compareExchange(this.#owners, plane * ports + port, 0, owner) === 0;
  }
}
