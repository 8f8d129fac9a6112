import { type BinaryReader, unknown } from './binary-reader.ts';

/** The name of an import or export with what is said beside it. */
export interface ExternName {
  /** With the whole version, of which the binary may keep a part apart. */
  readonly name: string;
  /** The interface that an import or export of a name of its own stands for. */
  readonly label: string | undefined;
}

/** How wit-component wrote labels before the binary had a place for them: `[implements=<demo:store/buckets>]cache`. */
const labelInName = /^\[implements=<(.+)>\](.+)$/;

/**
 * Reads a name with its attributes.
 * Source: `nameattributes` of the component model's `Binary.md`.
 */
export function readNameAttributes(reader: BinaryReader): ExternName {
  const form = reader.byte();
  if (form > 2) throw unknown('kind of name', form, reader);
  const given = reader.name();
  const [, implemented, plain = given] = labelInName.exec(given) ?? [];
  let name = plain;
  let label = implemented;
  if (form < 2) return { name, label };
  reader.vector((item) => {
    const attribute = item.byte();
    const value = item.name();
    if (attribute === 0x00) label = value;
    else if (attribute === 0x01) name += value;
    else if (attribute !== 0x02) throw unknown('attribute of a name', attribute, item);
  });
  return { name, label };
}

/** The name alone. */
export function readExternName(reader: BinaryReader): string {
  return readNameAttributes(reader).name;
}
