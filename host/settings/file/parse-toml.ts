import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import { type KeyPath, type ParsedFile, type Position, SyntaxProblem } from './parsed-file.ts';

type Place = { readonly key: Position; readonly value: Position };
type Children = Record<string | number, unknown>;

/**
 * Reads TOML.
 * @throws {SyntaxProblem} for everything that isn't TOML
 */
export function parseToml(source: string): ParsedFile {
  const places = new Map<string, Place>();
  const placeOf = (path: KeyPath): Place | undefined => {
    const place = places.get(nameOf(path));
    if (place !== undefined || path.length === 0) return place;
    const above = placeOf(path.slice(0, -1));
    return above && { key: above.key, value: above.key };
  };
  try {
    const [tree] = parseTOML(source, { tomlVersion: '1.0' }).body;
    return { data: dataOf(tree, places), positionOf: (path, part) => placeOf(path)?.[part], warnings: [] };
  } catch (error) {
    throw problemOf(error, source);
  }
}

/** The parser's own way to get data would let a file change `Object.prototype`. */
function dataOf({ body }: AST.TOMLTopLevelTable, places: Map<string, Place>): Children {
  const note = (path: KeyPath, key: Position, value = key): void => {
    if (!places.has(nameOf(path))) places.set(nameOf(path), { key, value });
  };
  const addTable = ({ key, resolvedKey, body }: AST.TOMLTable): void => {
    const keys = key.keys.values();
    let table = data;
    let at = startOf(key);
    for (const [index, step] of resolvedKey.entries()) {
      if (typeof step === 'string') at = startOf(keys.next().value ?? key);
      note(resolvedKey.slice(0, index + 1), at);
      table[step] ??= typeof resolvedKey[index + 1] === 'number' ? [] : emptyTable();
      table = table[step] as Children;
    }
    for (const entry of body) addEntry(entry, table, resolvedKey);
  };
  const addEntry = ({ key, value }: AST.TOMLKeyValue, to: Children, above: KeyPath): void => {
    let table = to;
    let path = above;
    for (const one of key.keys) {
      const name = one.type === 'TOMLBare' ? one.name : one.value;
      path = [...path, name];
      note(path, startOf(one), startOf(value));
      table[name] ??= one === key.keys.at(-1) ? read(value, path) : emptyTable();
      table = table[name] as Children;
    }
  };
  const read = (node: AST.TOMLContentNode, path: KeyPath): unknown => {
    if (node.type === 'TOMLValue') return node.value;
    if (node.type === 'TOMLArray') {
      return node.elements.map((element, index) => {
        note([...path, index], startOf(element));
        return read(element, [...path, index]);
      });
    }
    const table = emptyTable();
    for (const entry of node.body) addEntry(entry, table, path);
    return table;
  };

  const data = emptyTable();
  for (const node of body) {
    if (node.type === 'TOMLTable') addTable(node);
    else addEntry(node, data, []);
  }
  return data;
}

const emptyTable = (): Children => Object.create(null);

const nameOf = (path: KeyPath): string => JSON.stringify(path.map(String));

const startOf = ({ loc: { start } }: AST.TOMLNode): Position => ({
  line: start.line,
  column: start.column + 1,
});

function problemOf(error: unknown, source: string): unknown {
  if (error instanceof RangeError) {
    const message = 'maps and lists are nested too deep, or a text is too long';
    return new SyntaxProblem([{ message, position: undefined }]);
  }
  if (!(error instanceof ParseError)) return error;
  // What is missing at the end of a line is noticed at the beginning of the next one.
  const isAtEnd = /^(Unspecified|Unterminated)/.test(error.message) && error.column === 0;
  const before = source.slice(0, isAtEnd ? error.index - 1 : error.index).split('\n');
  const message = error.message === 'Unspecified values are invalid' ? 'a value is missing' : error.message;
  const position = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  return new SyntaxProblem([{ message, position }]);
}
