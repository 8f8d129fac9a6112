import type { WitType } from '../decode/wit-type.ts';
import { camelCase } from '../link/host-name.ts';
import type { ResourceKinds } from '../link/resource-kinds.ts';
import { literal, plus, type Source } from '../link/source.ts';
import {
  casesOf,
  discriminantSize,
  fieldOffsets,
  fieldTypes,
  layoutOf,
  payloadOffset,
  UnsupportedType,
} from './layout.ts';

type Sum = Extract<WitType, { kind: 'variant' | 'enum' | 'option' | 'result' }>;

/** Writes code that gives JavaScript values to a guest; the shapes are those of `Lift`. */
export class Lower {
  readonly #source: Source;
  readonly #kinds: ResourceKinds;

  constructor(source: Source, kinds: ResourceKinds) {
    this.#source = source;
    this.#kinds = kinds;
  }

  /** An expression for a value of one flat part. */
  flat(type: WitType, value: string): string {
    switch (type.kind) {
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

  /** Writes a value to memory; `pointer` is the name of a range that has been checked. */
  memory(type: WitType, value: string, pointer: string, offset: number): void {
    const at = plus(pointer, offset);
    const source = this.#source;
    const store = (how: string, what: string): void =>
      source.line(`m.view.set${how}(${at}, ${what}${how.endsWith('8') ? '' : ', true'});`);
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
      case 'flags':
        store(`Uint${layoutOf(type).size * 8}`, this.#scalar(type, value));
        return;
      case 'string':
        source.line(`m.storeText(${value}, ${at});`);
        return;
      case 'list':
        this.#list(type.of, value, at);
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
        return `h.own(${this.#kinds.of(type.resource)}, ${value})`;
      case 'flags': {
        const bits = type.names.map(
          (name, index) => `(${value}[${literal(camelCase(name))}] ? ${2 ** index} : 0)`,
        );
        return `(${bits.join(' | ')})`;
      }
      default:
        throw new UnsupportedType(`it gives the guest the type ${type.kind}`);
    }
  }

  #list(of: WitType, value: string, at: string): void {
    const source = this.#source;
    if (of.kind === 'u8') {
      source.line(`m.storeBytes(${value}, ${at});`);
      return;
    }
    const { size, align } = layoutOf(of);
    const start = source.constant(`m.allocate(${value}.length * ${size}, ${align})`);
    const index = source.name();
    source.line(`for (let ${index} = 0; ${index} < ${value}.length; ${index} += 1) {`);
    const item = source.constant(`${value}[${index}]`);
    const place = source.constant(`${start} + ${index} * ${size}`);
    this.memory(of, item, place, 0);
    source.line('}');
    source.line(`m.storePair(${at}, ${start}, ${value}.length);`);
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
