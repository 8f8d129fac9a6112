/** Longer values are arrays of their own, in bytes. */
export const mostPacked = 256;
/** A value takes whole units, in bytes. */
const unit = 16;
const slabSize = 1024 * 1024;
const unitsOfSlab = slabSize / unit;
/** So many values are kept as they were given, or read last. */
const remembered = 1024;
const none = -1;

/**
 * Short values side by side in slabs: an array of its own for each would take ten times as much as it holds. Where a value is, is the
 * number of its first unit.
 */
export class PackedValues {
  #slabs: Uint8Array[] = [];
  /** The first unit that was never used. */
  #end = 0;
  #used = 0;
  /** Places that are free, by their length in units. */
  #free: number[][] = [];
  readonly #places = new Float64Array(remembered).fill(none);
  readonly #values = new Array<Uint8Array | undefined>(remembered).fill(undefined);

  /** Takes a value of up to `mostPacked` bytes, which nobody changes afterwards. */
  add(value: Uint8Array): number {
    const units = unitsOf(value.length);
    const place = this.#free[units]?.pop() ?? this.#extend(units);
    this.#used += units;
    this.#slabOf(place).set(value, offsetOf(place));
    this.#remember(place, value);
    return place;
  }

  /** The value that is there, which must not be changed. */
  get(place: number, length: number): Uint8Array {
    const index = place % remembered;
    const known = this.#values[index];
    if (known !== undefined && this.#places[index] === place) return known;
    const offset = offsetOf(place);
    const value = this.#slabOf(place).slice(offset, offset + length);
    this.#remember(place, value);
    return value;
  }

  delete(place: number, length: number): void {
    const units = unitsOf(length);
    const index = place % remembered;
    if (this.#places[index] === place) {
      this.#places[index] = none;
      this.#values[index] = undefined;
    }
    this.#used -= units;
    if (this.#used === 0) {
      // The first stays: one value that is written over and over would need a new one each time.
      this.#slabs.length = 1;
      this.#free = [];
      this.#end = 0;
      return;
    }
    this.#free[units] ??= [];
    this.#free[units].push(place);
  }

  #remember(place: number, value: Uint8Array): void {
    const index = place % remembered;
    this.#places[index] = place;
    this.#values[index] = value;
  }

  #extend(units: number): number {
    const left = (unitsOfSlab - (this.#end % unitsOfSlab)) % unitsOfSlab;
    if (left < units) {
      this.#end += left;
      if (this.#slabs.length * unitsOfSlab === this.#end) this.#slabs.push(new Uint8Array(slabSize));
    }
    const place = this.#end;
    this.#end += units;
    return place;
  }

  #slabOf(place: number): Uint8Array {
    const slab = this.#slabs[Math.floor(place / unitsOfSlab)];
    if (slab === undefined) throw new RangeError(`there is no value at ${place}`);
    return slab;
  }
}

function offsetOf(place: number): number {
  return (place % unitsOfSlab) * unit;
}

/** An empty value has a place, too. */
function unitsOf(length: number): number {
  return Math.max(1, Math.ceil(length / unit));
}
