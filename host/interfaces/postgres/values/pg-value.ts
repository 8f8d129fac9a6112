import { arrayOf } from './arrays.ts';
import { bit, bytea, char, varbit, varchar } from './bytes.ts';
import { bigInteger, boolean, type Codec, integer, plainText, WrongValue } from './codec.ts';
import { date, interval, time, timestamp, timestampTz, timeTz } from './dates.ts';
import { float4, float8 } from './floats.ts';
import { box, circle, line, lseg, path, point, polygon } from './geometry.ts';
import { hstore, int2Vector, macAddress, money, pgLsn, pgSnapshot, tsVector } from './others.ts';

/** `pg-value`, the same in all versions of the package. */
export interface PgValue {
  readonly tag: string;
  readonly val?: unknown;
}

type AnyCodec = Codec<never> & Pick<Codec<unknown>, 'read'>;

/** Every case but `null`: how it is written and read. */
const codecs: ReadonlyMap<string, AnyCodec> = new Map<string, AnyCodec>(
  Object.entries({
    'big-int': bigInteger,
    int8: bigInteger,
    'int8-array': arrayOf(bigInteger),
    'big-serial': bigInteger,
    serial8: bigInteger,
    bool: boolean,
    boolean,
    'bool-array': arrayOf(boolean),
    double: float8,
    float8,
    'float8-array': arrayOf(float8),
    real: float4,
    float4,
    'float4-array': arrayOf(float4),
    integer,
    int: integer,
    int4: integer,
    'int4-array': arrayOf(integer),
    numeric: plainText,
    decimal: plainText,
    'numeric-array': arrayOf(plainText),
    serial: integer,
    serial4: integer,
    'small-int': integer,
    int2: integer,
    'int2-array': arrayOf(integer),
    'int2-vector': int2Vector,
    'int2-vector-array': arrayOf(int2Vector),
    'small-serial': integer,
    serial2: integer,
    bit,
    'bit-array': arrayOf(bit),
    'bit-varying': varbit,
    varbit,
    'varbit-array': arrayOf(varbit),
    bytea,
    'bytea-array': arrayOf(bytea),
    char,
    'char-array': arrayOf(char),
    varchar,
    'varchar-array': arrayOf(varchar),
    cidr: plainText,
    'cidr-array': arrayOf(plainText),
    inet: plainText,
    'inet-array': arrayOf(plainText),
    macaddr: macAddress,
    'macaddr-array': arrayOf(macAddress),
    macaddr8: macAddress,
    'macaddr8-array': arrayOf(macAddress),
    box,
    'box-array': arrayOf(box, ';'),
    circle,
    'circle-array': arrayOf(circle),
    line,
    'line-array': arrayOf(line),
    lseg,
    'lseg-array': arrayOf(lseg),
    path,
    'path-array': arrayOf(path),
    point,
    'point-array': arrayOf(point),
    polygon,
    'polygon-array': arrayOf(polygon),
    date,
    'date-array': arrayOf(date),
    interval,
    'interval-array': arrayOf(interval),
    time,
    'time-array': arrayOf(time),
    'time-tz': timeTz,
    'time-tz-array': arrayOf(timeTz),
    timestamp,
    'timestamp-array': arrayOf(timestamp),
    'timestamp-tz': timestampTz,
    'timestamp-tz-array': arrayOf(timestampTz),
    json: plainText,
    'json-array': arrayOf(plainText),
    jsonb: plainText,
    'jsonb-array': arrayOf(plainText),
    money,
    'money-array': arrayOf(money),
    'pg-lsn': pgLsn,
    'pg-lsn-array': arrayOf(pgLsn),
    'pg-snapshot': pgSnapshot,
    'txid-snapshot': bigInteger,
    name: plainText,
    'name-array': arrayOf(plainText),
    text: plainText,
    'text-array': arrayOf(plainText),
    xml: plainText,
    'xml-array': arrayOf(plainText),
    'ts-query': plainText,
    'ts-vector': tsVector,
    uuid: plainText,
    'uuid-array': arrayOf(plainText),
    hstore,
  }) as [string, AnyCodec][],
);

/**
 * The case of a column by the number of its type. The names are those of the types, but where a type has several cases or a
 * case has a type of another name. Source: PostgreSQL's `pg_type.dat`.
 */
const caseOfType: ReadonlyMap<number, string> = new Map([
  [16, 'bool'],
  [17, 'bytea'],
  [18, 'char'],
  [19, 'name'],
  [20, 'int8'],
  [21, 'int2'],
  [22, 'int2-vector'],
  [23, 'int4'],
  [25, 'text'],
  [114, 'json'],
  [142, 'xml'],
  [143, 'xml-array'],
  [199, 'json-array'],
  [600, 'point'],
  [601, 'lseg'],
  [602, 'path'],
  [603, 'box'],
  [604, 'polygon'],
  [628, 'line'],
  [629, 'line-array'],
  [650, 'cidr'],
  [651, 'cidr-array'],
  [700, 'float4'],
  [701, 'float8'],
  [718, 'circle'],
  [719, 'circle-array'],
  [774, 'macaddr8'],
  [775, 'macaddr8-array'],
  [790, 'money'],
  [791, 'money-array'],
  [829, 'macaddr'],
  [869, 'inet'],
  [1000, 'bool-array'],
  [1001, 'bytea-array'],
  [1002, 'char-array'],
  [1003, 'name-array'],
  [1005, 'int2-array'],
  [1006, 'int2-vector-array'],
  [1007, 'int4-array'],
  [1009, 'text-array'],
  [1014, 'char-array'],
  [1015, 'varchar-array'],
  [1016, 'int8-array'],
  [1017, 'point-array'],
  [1018, 'lseg-array'],
  [1019, 'path-array'],
  [1020, 'box-array'],
  [1021, 'float4-array'],
  [1022, 'float8-array'],
  [1027, 'polygon-array'],
  [1040, 'macaddr-array'],
  [1041, 'inet-array'],
  [1042, 'char'],
  [1043, 'varchar'],
  [1082, 'date'],
  [1083, 'time'],
  [1114, 'timestamp'],
  [1115, 'timestamp-array'],
  [1182, 'date-array'],
  [1183, 'time-array'],
  [1184, 'timestamp-tz'],
  [1185, 'timestamp-tz-array'],
  [1231, 'numeric-array'],
  [1266, 'time-tz'],
  [1270, 'time-tz-array'],
  [1560, 'bit'],
  [1561, 'bit-array'],
  [1562, 'bit-varying'],
  [1563, 'varbit-array'],
  [1700, 'numeric'],
  [2950, 'uuid'],
  [2951, 'uuid-array'],
  [2970, 'pg-snapshot'],
  [3220, 'pg-lsn'],
  [3221, 'pg-lsn-array'],
  [3614, 'ts-vector'],
  [3615, 'ts-query'],
  [3802, 'jsonb'],
  [3807, 'jsonb-array'],
  [3912, 'interval'],
  [3913, 'interval-array'],
  [5038, 'pg-snapshot'],
  [5069, 'txid-snapshot'],
]);

/** All cases that a value may be. */
export const pgValueCases: readonly string[] = ['null', ...codecs.keys()];

/**
 * A parameter as the server's text; null for a null.
 * @throws {WrongValue}
 */
export function writeParameter({ tag, val }: PgValue): string | null {
  if (tag === 'null') return null;
  const codec = codecs.get(tag);
  if (codec === undefined) throw new WrongValue(`there is no case ${tag}`);
  return codec.write(val as never);
}

/** How the values of a column are read: undefined for a type that has no case. */
export function readerFor(case_: string): (text: string) => PgValue {
  const codec = codecs.get(case_);
  return (text) => {
    if (codec === undefined) throw new WrongValue(`there is no case ${case_}`);
    return { tag: case_, val: codec.read(text) };
  };
}

/** The case of a column whose type has this number; undefined where there is none. */
export function caseOf(type: number): string | undefined {
  return caseOfType.get(type);
}
