import type { WitType } from '../decode/wit-type.ts';
import { camelCase } from '../link/host-name.ts';
import { shareAs } from './flat.ts';
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

/** Writes code that gives JavaScript values to a guest; the shapes are those of `Lift`. */
export class Lower {
  readonly #source: Source;
  readonly #side: Side;

  constructor(source: Source, side: Side) {
    this.#source = source;
    this.#side = side;
  }

  /** An expression for a value of one flat part. */
  flat(type: WitType, value: string): string {
    switch (type.kind) {
      case 'list':
        if (type.length !== 1) throw new Error('a list of one flat part has one entry');
        return this.flat(type.of, `${value}[0]`);
      case 'record':
      case 'tuple': {
        const types = fieldTypes(type);
        const index = types.findIndex((field) => layoutOf(field).flat.length > 0);
        const only = types[index];
        if (only === undefined) throw new Error('a value of one flat part has a field');
        return this.flat(only, this.#field(type, value, index));
      }
      case 'variant':
      case 'enum':
      case 'option':
      case 'result': {
        const result = this.#source.name();
        this.#source.line(`let ${result};`);
        this.#choose(type, value, (index) => this.#source.line(`${result} = ${index};`));
        return result;
      }
      default:
        return this.#scalar(type, value);
    }
  }

  /** Expressions for all flat parts of a value. */
  flats(type: WitType, value: string): string[] {
    const source = this.#source;
    const m = this.#side.memory;
    const { flat } = layoutOf(type);
    switch (type.kind) {
      case 'string': {
        const pointer = source.constant(`${m}.${textMethods[this.#side.encoding].put}(${value})`);
        return [pointer, source.constant(`${m}.placed`)];
      }
      case 'list':
        if (type.length !== undefined) {
          return Array.from({ length: type.length }, (_, index) =>
            this.flats(type.of, source.constant(`${value}[${index}]`)),
          ).flat();
        }
        return [this.#place(type.of, value), `${value}.length`];
      case 'map':
        return this.flats(listOfMap(type), value);
      case 'record':
      case 'tuple':
        return fieldTypes(type).flatMap((field, index) =>
          this.flats(field, source.constant(this.#field(type, value, index))),
        );
      case 'flags':
        return this.#words(type.names, value);
      case 'variant':
      case 'enum':
      case 'option':
      case 'result': {
        const names = flat.map((core) => {
          const name = source.name();
          source.line(`let ${name} = ${core === 'i64' ? '0n' : '0'};`);
          return name;
        });
        const cases = casesOf(type);
        this.#choose(type, value, (index, part) => {
          source.line(`${names[0]} = ${index};`);
          const of = cases[index]?.type;
          if (of === undefined) return;
          const own = layoutOf(of).flat;
          for (const [at, expression] of this.flats(of, source.constant(part)).entries()) {
            const shared = shareAs(expression, own[at], flat[at + 1]);
            source.line(`${names[at + 1]} = ${shared};`);
          }
        });
        return names;
      }
      default:
        return [source.constant(this.#scalar(type, value))];
    }
  }

  /** Writes a value to memory; `pointer` is the name of a range that has been checked. */
  memory(type: WitType, value: string, pointer: string, offset: number): void {
    const at = plus(pointer, offset);
    const source = this.#source;
    const store = (how: string, what: string): void =>
      source.line(`${this.#side.memory}.view.set${how}(${at}, ${what}${how.endsWith('8') ? '' : ', true'});`);
    switch (type.kind) {
      case 'bool':
      case 'u8':
      case 's8':
        store('Uint8', this.#scalar(type, value));
        return;
      case 'u16':
      case 's16':
        store('Uint16', this.#scalar(type, value));
        return;
      case 'u32':
      case 's32':
      case 'char':
      case 'own':
      case 'borrow':
      case 'stream':
      case 'future':
      case 'error-context':
        store('Uint32', source.constant(this.#scalar(type, value)));
        return;
      case 'u64':
      case 's64':
        store('BigUint64', this.#scalar(type, value));
        return;
      case 'f32':
        store('Float32', value);
        return;
      case 'f64':
        store('Float64', value);
        return;
      case 'flags': {
        if (type.names.length <= 32) {
          store(`Uint${layoutOf(type).size * 8}`, this.#scalar(type, value));
          return;
        }
        for (const [index, word] of this.#words(type.names, value).entries()) {
          const to = plus(pointer, offset + 4 * index);
          source.line(`${this.#side.memory}.view.setUint32(${to}, ${word}, true);`);
        }
        return;
      }
      case 'string': {
        const { memory, encoding } = this.#side;
        const { put } = textMethods[encoding];
        const text =
          encoding === 'utf8'
            ? `${memory}.storeText(${value}, ${at});`
            : `${memory}.storePair(${at}, ${memory}.${put}(${value}), ${memory}.placed);`;
        source.line(text);
        return;
      }
      case 'map':
        this.memory(listOfMap(type), value, pointer, offset);
        return;
      case 'list':
        if (type.length === undefined) this.#list(type.of, value, at);
        else this.#entries(type.of, value, String(type.length), plus(pointer, offset));
        return;
      case 'record':
      case 'tuple': {
        const types = fieldTypes(type);
        const offsets = fieldOffsets(types);
        for (const [index, field] of types.entries()) {
          const part = source.constant(this.#field(type, value, index));
          this.memory(field, part, pointer, offset + (offsets[index] ?? 0));
        }
        return;
      }
      case 'variant':
      case 'enum':
      case 'option':
      case 'result': {
        const cases = casesOf(type);
        const payload = offset + payloadOffset(cases.map((item) => item.type));
        const size = discriminantSize(cases.length) * 8;
        this.#choose(type, value, (index, part) => {
          store(`Uint${size}`, String(index));
          const of = cases[index]?.type;
          if (of !== undefined) this.memory(of, source.constant(part), pointer, payload);
        });
        return;
      }
      default:
        throw new UnsupportedType(`it uses the type ${type.kind}`);
    }
  }

  #scalar(type: WitType, value: string): string {
    switch (type.kind) {
      case 'bool':
        return `(${value} ? 1 : 0)`;
      case 'u64':
      case 's64':
      case 'f32':
      case 'f64':
        return value;
      case 's8':
      case 'u8':
      case 's16':
      case 'u16':
      case 's32':
      case 'u32':
        return value;
      case 'char':
        return `${value}.codePointAt(0)`;
      case 'own':
        return `${this.#side.handles}.own(${this.#side.kinds.of(type.resource)}, ${value})`;
      case 'borrow': {
        const { handles, kinds, scope, defines } = this.#side;
        if (defines?.(type.resource) === true) return value;
        if (scope === undefined) throw new UnsupportedType('it gives the guest the type borrow');
        return `${handles}.lendTo(${kinds.of(type.resource)}, ${value}, ${scope})`;
      }
      case 'stream':
        return `${asyncTable(this.#side, type)}.lowerStream(t[${this.#side.kinds.ofAsync(type)}], ${value})`;
      case 'future':
        return `${asyncTable(this.#side, type)}.lowerFuture(t[${this.#side.kinds.ofAsync(type)}], ${value})`;
      case 'error-context':
        return `${asyncTable(this.#side, type)}.newErrorContext(${value})`;
      case 'flags': {
        const [word = '0'] = this.#words(type.names, value);
        return word;
      }
      default:
        throw new UnsupportedType(`it gives the guest the type ${type.kind}`);
    }
  }

  /** An expression for each 32 flags. */
  #words(names: readonly string[], value: string): string[] {
    const words: string[][] = [];
    for (const [index, name] of names.entries()) {
      const bit = `(${value}[${literal(camelCase(name))}] ? ${2 ** (index % 32)} : 0)`;
      const word = Math.floor(index / 32);
      words[word] = [...(words[word] ?? []), bit];
    }
    return words.map((bits) => `(${bits.join(' | ')})`);
  }

  #list(of: WitType, value: string, at: string): void {
    const source = this.#source;
    const m = this.#side.memory;
    if (of.kind === 'u8') {
      source.line(`${m}.storeBytes(${value}, ${at});`);
      return;
    }
    const start = this.#place(of, value);
    source.line(`${m}.storePair(${at}, ${start}, ${value}.length);`);
  }

  /** Writes the entries of a list to memory that is allocated for them; answers where they begin. */
  #place(of: WitType, value: string): string {
    const source = this.#source;
    const m = this.#side.memory;
    if (of.kind === 'u8') return source.constant(`${m}.putBytes(${value})`);
    const { size, align } = layoutOf(of);
    const start = source.constant(`${m}.allocate(${value}.length * ${size}, ${align})`);
    this.#entries(of, value, `${value}.length`, start);
    return start;
  }

  #entries(of: WitType, value: string, length: string, start: string): void {
    const source = this.#source;
    const index = source.name();
    source.line(`for (let ${index} = 0; ${index} < ${length}; ${index} += 1) {`);
    const item = source.constant(`${value}[${index}]`);
    const place = source.constant(`${start} + ${index} * ${layoutOf(of).size}`);
    this.memory(of, item, place, 0);
    source.line('}');
  }

  #field(type: Extract<WitType, { kind: 'record' | 'tuple' }>, value: string, index: number): string {
    if (type.kind === 'tuple') return `${value}[${index}]`;
    return `${value}[${literal(camelCase(type.fields[index]?.name ?? ''))}]`;
  }

  /** Calls `write` for each case with its index and an expression for its payload. */
  #choose(type: Sum, value: string, write: (index: number, payload: string) => void): void {
    const source = this.#source;
    if (type.kind === 'option') {
      const isNested = type.of.kind === 'option';
      source.line(isNested ? `if (${value}?.tag === 'some') {` : `if (${value} !== undefined) {`);
      write(1, isNested ? `${value}.val` : value);
      source.line('} else {');
      write(0, 'undefined');
      source.line('}');
      return;
    }
    const on = type.kind === 'enum' ? value : `${value}.tag`;
    const cases = casesOf(type).map(
      ({ name }, index) => [literal(name), () => write(index, `${value}.val`)] as const,
    );
    source.select(on, cases, `r.noCase(${value});`);
  }
}
