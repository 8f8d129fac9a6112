import { parse, TomlError } from 'smol-toml';
import { type KeyPath, type ParsedFile, type Position, SyntaxProblem } from './parsed-file.ts';

/**
 * Reads TOML.
 * @throws {SyntaxProblem} for everything that isn't TOML
 */
export function parseToml(source: string): ParsedFile {
  try {
    const data = parse(source);
    const places = keyPlaces(source);
    const positionOf = (path: KeyPath, part: 'key' | 'value'): Position | undefined => {
      for (let length = path.length; length > 0; length--) {
        const place = places.get(JSON.stringify(path.slice(0, length).map(String)));
        if (place) return part === 'value' && length === path.length ? place.value : place.key;
      }
      return undefined;
    };
    return { data, positionOf, warnings: [] };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const message = error.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '') ?? '';
    throw new SyntaxProblem([{ message, position: { line: error.line, column: error.column } }]);
  }
}

type Place = { readonly key: Position; readonly value: Position };

const KEY = String.raw`(?:[\w-]+|"(?:[^"\\]|\\.)*"|'[^']*')`;
const KEYS = String.raw`${KEY}(?:\s*\.\s*${KEY})*`;
const TABLE = new RegExp(String.raw`^(\s*\[\[?\s*)(${KEYS})\s*\]`);
const ENTRY = new RegExp(String.raw`^(\s*)(${KEYS})(\s*=\s*)`);

/** The parser keeps no positions, so headers and `key =` lines are looked up; keys of inline tables get the table's. */
function keyPlaces(source: string): Map<string, Place> {
  const places = new Map<string, Place>();
  const tables = new Map<string, number>();
  let table: string[] = [];
  const keep = (path: string[], place: Place): void => {
    const name = JSON.stringify(path);
    if (!places.has(name)) places.set(name, place);
  };
  for (const [index, line] of source.split('\n').entries()) {
    const header = TABLE.exec(line);
    const entry = header ? null : ENTRY.exec(line);
    const [, indent = '', keys = '', equals = ''] = header ?? entry ?? [];
    if (keys === '') continue;
    const names = splitKeys(keys);
    const key = { line: index + 1, column: indent.length + 1 };
    if (header) {
      table = names;
      if (indent.includes('[[')) {
        const number = tables.get(keys) ?? 0;
        tables.set(keys, number + 1);
        keep(table, { key, value: key });
        table = [...names, String(number)];
      }
      keep(table, { key, value: key });
    } else {
      keep([...table, ...names], {
        key,
        value: { line: key.line, column: indent.length + keys.length + equals.length + 1 },
      });
    }
  }
  return places;
}

function splitKeys(keys: string): string[] {
  return (keys.match(new RegExp(KEY, 'g')) ?? []).map((key) =>
    /^["']/.test(key) ? key.slice(1, -1).replaceAll('\\"', '"') : key,
  );
}
