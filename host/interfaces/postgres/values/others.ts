import { type Codec, parts, WrongValue } from './codec.ts';

/** `lexeme`. */
export interface Lexeme {
  readonly position: number | undefined;
  readonly weight: 'A' | 'B' | 'C' | 'D' | undefined;
  readonly data: string;
}

/** `mac-address-eui48` and `mac-address-eui64`. */
interface MacAddress {
  readonly bytes: ArrayLike<number>;
}

const hexadecimal = (byte: number): string => byte.toString(16).padStart(2, '0');

export const macAddress: Codec<MacAddress> = {
  write: ({ bytes }) => Array.from(bytes, hexadecimal).join(':'),
  read: (text) => ({ bytes: text.split(':').map((byte) => Number.parseInt(byte, 16)) }),
};

export const int2Vector: Codec<ArrayLike<number>> = {
  write: (numbers) => Array.from(numbers).join(' '),
  read: (text) => (text === '' ? [] : text.split(' ').map(Number)),
};

/** An amount without its currency and without what parts its thousands. */
export const money: Codec<string> = {
  write: (amount) => amount,
  read: (text) => text.replaceAll(/[^\d.-]/g, ''),
};

export const pgLsn: Codec<bigint> = {
  write: (position) => `${(position >> 32n).toString(16)}/${(position & 0xffff_ffffn).toString(16)}`,
  read(text) {
    const [high, low] = parts(/^([\da-f]+)\/([\da-f]+)$/i, text, 'position in the log');
    return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
  },
};

export const pgSnapshot: Codec<readonly [xmin: bigint, xmax: bigint, xips: ArrayLike<bigint>]> = {
  write: ([xmin, xmax, xips]) => `${xmin}:${xmax}:${Array.from(xips).join(',')}`,
  read(text) {
    const [xmin = '', xmax = '', xips = ''] = parts(/^(\d+):(\d+):([\d,]*)$/, text, 'snapshot');
    return [BigInt(xmin), BigInt(xmax), xips === '' ? [] : xips.split(',').map(BigInt)];
  },
};

/** A lexeme for each position. */
export const tsVector: Codec<readonly Lexeme[]> = {
  write: (lexemes) =>
    lexemes
      .map(({ data, position, weight = '' }) => {
        if (position === undefined && weight !== '')
          throw new WrongValue(`the lexeme ${JSON.stringify(data)} has a weight and no position`);
        const word = `'${data.replaceAll(/['\\]/g, '$&$&')}'`;
        return position === undefined ? word : `${word}:${position}${weight}`;
      })
      .join(' '),
  read(text) {
    const words = text.matchAll(/'((?:[^'\\]|''|\\\\)*)'(?::(\S+))?/g);
    return Array.from(words).flatMap(([, quoted = '', positions]): Lexeme[] => {
      const data = quoted.replaceAll("''", "'").replaceAll('\\\\', '\\');
      if (positions === undefined) return [{ data, position: undefined, weight: undefined }];
      return positions.split(',').map((one) => {
        const [position, weight] = parts(/^(\d+)([A-D])?$/, one, 'position of a lexeme');
        return { data, position: Number(position), weight: (weight ?? 'D') as Lexeme['weight'] };
      });
    });
  },
};

type Pair = readonly [key: string, value: string | undefined];

export const hstore: Codec<readonly Pair[]> = {
  write: (pairs) =>
    pairs.map(([key, value]) => `${quoted(key)}=>${value === undefined ? 'NULL' : quoted(value)}`).join(','),
  read: (text) =>
    Array.from(
      text.matchAll(/"((?:[^"\\]|\\.)*)"=>(?:NULL|"((?:[^"\\]|\\.)*)")/gs),
      ([, key = '', value]): Pair => [unquoted(key), value === undefined ? undefined : unquoted(value)],
    ),
};

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}

function unquoted(text: string): string {
  return text.replaceAll(/\\(.)/gs, '$1');
}
