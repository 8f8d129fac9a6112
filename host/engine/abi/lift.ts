import type { WitType } from '../decode/wit-type.ts';
import { camelCase } from '../link/host-name.ts';
import { type Flat, reinterpret, shift } from './flat.ts';
import {
  casesOf,
  discriminantSize,
  fieldOffsets,
  fieldTypes,
  layoutOf,
  listOfMap,
  payloadOffset,
  UnsupportedType,
} from './layout.ts';
import { asyncTable, type Side, textMethods } from './side.ts';
import { literal, plus, type Source } from './source.ts';

type Sum = Extract<WitType, { kind: 'variant' | 'enum' | 'option' | 'result' }>;

/** Typed arrays that jco gives for lists of numbers. */
const arrays: Readonly<Record<string, string>> = {
  s8: 'Int8Array',
  s16: 'Int16Array',
  u16: 'Uint16Array',
  s32: 'Int32Array',
  u32: 'Uint32Array',
  s64: 'BigInt64Array',
  u64: 'BigUint64Array',
  f32: 'Float32Array',
  f64: 'Float64Array',
};

/**
 * Writes code that makes JavaScript values of what a guest passes. Values have the shapes that jco gives: an
 * option is the value or `undefined`, a variant `{ tag, val }`, a record an object, a list of bytes a Uint8Array.
 */
export class Lift {
  readonly #source: Source;
  readonly #side: Side;
  readonly #lends: string | undefined;
  /** How many lists are around what is read. */
  #depth = 0;

  /** @param lends an expression that tells whether lists of bytes are lent; see `GuestMemory.lentBytes`. Default: they are not */
  constructor(source: Source, side: Side, lends?: string) {
    this.#source = source;
    this.#lends = lends;
    this.#side = side;
  }

  /** Takes what it needs off the front of `flats`; answers an expression without effects. */
  flat(type: WitType, flats: Flat[]): string {
    switch (type.kind) {
      case 'string':
        return this.#text(shift(flats), shift(flats));
      case 'list':
        if (type.length !== undefined) return this.#flatEntries(type.of, type.length, flats);
        return this.#list(type.of, shift(flats), shift(flats));
      case 'map':
        return this.flat(listOfMap(type), flats);
      case 'flags':
        return this.#flags(
          type.names,
          (word) => this.#source.constant(word),
          () => shift(flats),
        );
      case 'record':
      case 'tuple':
        return this.#product(
          type,
          fieldTypes(type).map((field) => this.flat(field, flats)),
        );
      case 'variant':
      case 'enum':
      case 'option':
      case 'result':
        return this.#flatSum(type, flats);
      default:
        return this.#scalar(type, shift(flats));
    }
  }

  /** `pointer` is the name of a range that has been checked. */
  memory(type: WitType, pointer: string, offset: number): string {
    const m = this.#side.memory;
    const at = plus(pointer, offset);
    const load = (how: string): string => `${m}.view.get${how}(${at}${how.endsWith('8') ? '' : ', true'})`;
    const pair = (): [string, string] => [load('Uint32'), `${m}.view.getUint32(${at} + 4, true)`];
    switch (type.kind) {
      case 's8':
        return load('Int8');
      case 's16':
        return load('Int16');
      case 's32':
        return load('Int32');
      case 'u16':
        return load('Uint16');
      case 'u32':
        return load('Uint32');
      case 's64':
        return load('BigInt64');
      case 'u64':
        return load('BigUint64');
      case 'f32':
        return load('Float32');
      case 'f64':
        return load('Float64');
      case 'bool':
      case 'u8':
        return this.#scalar(type, load('Uint8'));
      case 'char':
      case 'own':
      case 'borrow':
      case 'stream':
      case 'future':
      case 'error-context':
        return this.#scalar(type, load('Uint32'));
      case 'flags': {
        const size = Math.min(4, layoutOf(type).size) * 8;
        const word = (index: number): string =>
          `${m}.view.getUint${size}(${plus(pointer, offset + 4 * index)}${size === 8 ? '' : ', true'})`;
        return this.#flags(type.names, (expression) => this.#source.constant(expression), word);
      }
      case 'string':
        return this.#text(...pair());
      case 'list':
        if (type.length !== undefined) return this.#entries(type.of, type.length, pointer, offset);
        return this.#list(type.of, ...pair());
      case 'map':
        return this.memory(listOfMap(type), pointer, offset);
      case 'record':
      case 'tuple': {
        const types = fieldTypes(type);
        const offsets = fieldOffsets(types);
        return this.#product(
          type,
          types.map((field, index) => this.memory(field, pointer, offset + (offsets[index] ?? 0))),
        );
      }
      case 'variant':
      case 'enum':
      case 'option':
      case 'result': {
        const cases = casesOf(type);
        const payload = offset + payloadOffset(cases.map((item) => item.type));
        const tag = load(`Uint${discriminantSize(cases.length) * 8}`);
        return this.#sum(type, tag, (item) => this.memory(item, pointer, payload));
      }
      default:
        throw new UnsupportedType(`it uses the type ${type.kind}`);
    }
  }

  #scalar(type: WitType, value: string): string {
    switch (type.kind) {
      case 'bool':
        return `(${value} !== 0)`;
      case 's8':
        return `(${value} << 24 >> 24)`;
      case 'u8':
        return `(${value} & 0xff)`;
      case 's16':
        return `(${value} << 16 >> 16)`;
      case 'u16':
        return `(${value} & 0xffff)`;
      case 'u32':
        return `(${value} >>> 0)`;
      case 'u64':
        return `BigInt.asUintN(64, ${value})`;
      case 's32':
      case 's64':
      case 'f32':
      case 'f64':
        return value;
      case 'char':
        return this.#source.constant(`r.char(${value} >>> 0)`);
      case 'own':
        return this.#source.constant(
          `${this.#side.handles}.take(${this.#side.kinds.of(type.resource)}, ${value})`,
        );
      case 'borrow': {
        const { handles, kinds, scope } = this.#side;
        const of = `${kinds.of(type.resource)}, ${value}`;
        return this.#source.constant(
          scope === undefined ? `${handles}.borrow(${of})` : `${handles}.lend(${of}, ${scope})`,
        );
      }
      case 'stream':
        return this.#source.constant(
          `${asyncTable(this.#side, type)}.liftStream(t[${this.#side.kinds.ofAsync(type)}], ${value})`,
        );
      case 'future':
        return this.#source.constant(
          `${asyncTable(this.#side, type)}.liftFuture(t[${this.#side.kinds.ofAsync(type)}], ${value})`,
        );
      case 'error-context':
        return this.#source.constant(`${asyncTable(this.#side, type)}.errorContext(${value})`);
      default:
        throw new UnsupportedType(`it uses the type ${type.kind}`);
    }
  }

  /** `word` gives an expression for 32 of the flags at a time. */
  #flags(
    names: readonly string[],
    once: (expression: string) => string,
    word: (index: number) => string,
  ): string {
    const fields: string[] = [];
    let bits = '';
    for (const [index, name] of names.entries()) {
      if (index % 32 === 0) bits = once(word(index / 32));
      fields.push(`${literal(camelCase(name))}: (${bits} & ${2 ** (index % 32)}) !== 0`);
    }
    return `{ ${fields.join(', ')} }`;
  }

  #text(pointer: string, length: string): string {
    const { read, readListed } = textMethods[this.#side.encoding];
    const method = this.#depth > 0 ? readListed : read;
    return this.#source.constant(`${this.#side.memory}.${method}(${pointer}, ${length})`);
  }

  #flatEntries(of: WitType, length: number, flats: Flat[]): string {
    const items = Array.from({ length }, () => this.flat(of, flats));
    return this.#asList(of, this.#source.constant(`[${items.join(', ')}]`));
  }

  /** The entries of a list of fixed length. */
  #entries(of: WitType, length: number, pointer: string, offset: number): string {
    const source = this.#source;
    const items = source.constant('[]');
    const index = source.name();
    source.line(`for (let ${index} = 0; ${index} < ${length}; ${index} += 1) {`);
    const at = source.constant(`${plus(pointer, offset)} + ${index} * ${layoutOf(of).size}`);
    this.#depth += 1;
    source.line(`${items}.push(${this.memory(of, at, 0)});`);
    this.#depth -= 1;
    source.line('}');
    return this.#asList(of, items);
  }

  /** Entries in the shape that lists of their type have. */
  #asList(of: WitType, items: string): string {
    const array = of.kind === 'u8' ? 'Uint8Array' : arrays[of.kind];
    return array === undefined ? items : this.#source.constant(`${array}.from(${items})`);
  }

  #list(of: WitType, pointer: string, length: string): string {
    const m = this.#side.memory;
    const read = this.#depth > 0 ? 'listedBytes' : 'bytes';
    if (of.kind === 'u8') {
      const copy = `${m}.${read}(${pointer}, ${length})`;
      if (this.#depth > 0 || this.#lends === undefined) return this.#source.constant(copy);
      return this.#source.constant(`${this.#lends} ? ${m}.lentBytes(${pointer}, ${length}) : ${copy}`);
    }
    const { size, align } = layoutOf(of);
    const source = this.#source;
    const count = source.constant(`${length} >>> 0`);
    const start = source.constant(`${m}.range(${pointer}, ${count} * ${size}, ${align})`);
    const array = arrays[of.kind];
    if (array !== undefined) {
      if (this.#depth > 0) source.line(`${m}.listEntries(${count});`);
      return source.constant(`new ${array}(${m}.u8.slice(${start}, ${start} + ${count} * ${size}).buffer)`);
    }
    source.line(`${m}.listEntries(${count});`);
    const items = source.constant('[]');
    const index = source.name();
    source.line(`for (let ${index} = 0; ${index} < ${count}; ${index} += 1) {`);
    const at = source.constant(`${start} + ${index} * ${size}`);
    this.#depth += 1;
    source.line(`${items}.push(${this.memory(of, at, 0)});`);
    this.#depth -= 1;
    source.line('}');
    return items;
  }

  #product(type: Extract<WitType, { kind: 'record' | 'tuple' }>, values: readonly string[]): string {
    if (type.kind === 'tuple') return this.#source.constant(`[${values.join(', ')}]`);
    const fields = type.fields.map(({ name }, index) => `${literal(camelCase(name))}: ${values[index]}`);
    return this.#source.constant(`{ ${fields.join(', ')} }`);
  }

  #flatSum(type: Sum, flats: Flat[]): string {
    const tag = shift(flats);
    const shared = flats.splice(0, layoutOf(type).flat.length - 1);
    return this.#sum(type, tag, (payload) => {
      const cores = layoutOf(payload).flat;
      return this.flat(
        payload,
        cores.map((core, index) => ({ expression: reinterpret(shared[index], core), core })),
      );
    });
  }

  #sum(type: Sum, tag: string, payload: (type: WitType) => string): string {
    const source = this.#source;
    const result = source.name();
    source.line(`let ${result};`);
    const cases = casesOf(type).map(
      (item, index) =>
        [
          String(index),
          () => {
            const value = item.type === undefined ? undefined : payload(item.type);
            source.line(`${result} = ${shape(type, item.name, value)};`);
          },
        ] as const,
    );
    source.select(tag, cases, `r.unknownCase(${tag});`);
    return result;
  }
}

/** What a case of a variant is in JavaScript. */
function shape(type: Sum, name: string, value: string | undefined): string {
  switch (type.kind) {
    case 'enum':
      return literal(name);
    case 'option':
      if (type.of.kind !== 'option') return value ?? 'undefined';
      return value === undefined ? "{ tag: 'none' }" : `{ tag: 'some', val: ${value} }`;
    case 'result':
      return `{ tag: ${literal(name)}, val: ${value ?? 'undefined'} }`;
    case 'variant':
      return value === undefined ? `{ tag: ${literal(name)} }` : `{ tag: ${literal(name)}, val: ${value} }`;
  }
}
