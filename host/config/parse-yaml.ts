import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import {
  type KeyPath,
  type ParsedFile,
  type Position,
  type SyntaxNote,
  SyntaxProblem,
} from './parsed-file.ts';

/** Looking up what an alias stands for takes longer the more there are. */
const mostAliases = 1000;
/** What the library calls a call stack that is used up. */
const tooDeep = 'maps and lists are nested too deep';

/**
 * Reads YAML, and JSON too, which is a subset of it.
 * @param repeatedKeys whether a key may be there twice, as in JSON, where the last one counts
 * @throws {SyntaxProblem} for everything that isn't YAML
 */
export function parseYaml(source: string, { repeatedKeys = false } = {}): ParsedFile {
  try {
    return parse(source, repeatedKeys);
  } catch (error) {
    if (error instanceof SyntaxProblem) throw error;
    // Aliases that expand without end are noticed only when they are followed.
    const isStack = error instanceof RangeError;
    const reason = error instanceof Error ? error.message : String(error);
    throw problem(isStack ? tooDeep : reason);
  }
}

function parse(source: string, repeatedKeys: boolean): ParsedFile {
  const lineCounter = new LineCounter();
  // Without prettyErrors the messages are one line, and the place is ours to write. The library's own search for keys
  // that are there twice compares each with each.
  const document = parseDocument(source, { lineCounter, prettyErrors: false, uniqueKeys: false });
  const at = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset);
    return { line, column: col };
  };
  const note = ({ message, pos }: { message: string; pos: [number, number] }): SyntaxNote => ({
    message: /^Maximum call stack/.test(message) ? tooDeep : message,
    position: at(pos[0]),
  });
  if (document.errors.length > 0) throw new SyntaxProblem(document.errors.map(note));
  const repeated = surveyed(document, repeatedKeys);
  if (repeated.length > 0) {
    throw new SyntaxProblem(
      repeated.map((offset) => ({ message: 'Map keys must be unique', position: at(offset) })),
    );
  }
  return {
    data: document.toJS(),
    positionOf: positions(document, at),
    warnings: document.warnings.map(note),
  };
}

/** Answers where keys are that were there before. Throws a `SyntaxProblem` for too many aliases. */
function surveyed(document: Document, repeatedKeys: boolean): number[] {
  const repeated: number[] = [];
  let aliases = 0;
  visit(document, {
    Alias: () => {
      aliases += 1;
      if (aliases > mostAliases) throw problem(`there are more than ${mostAliases} aliases`);
    },
    Map: (_, { items }) => {
      if (repeatedKeys) return;
      const seen = new Set<string>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (seen.has(name)) repeated.push(key.range?.[0] ?? 0);
        seen.add(name);
      }
    },
  });
  return repeated;
}

function positions(document: Document, at: (offset: number) => Position): ParsedFile['positionOf'] {
  const aliases = new Map<Alias, unknown>();
  const maps = new Map<YAMLMap, Map<string, YAMLMap['items'][number]>>();
  const resolve = (node: unknown): unknown => {
    if (!isAlias(node)) return node;
    if (!aliases.has(node)) aliases.set(node, node.resolve(document));
    return aliases.get(node);
  };
  const pairOf = (map: YAMLMap, step: string) => {
    let pairs = maps.get(map);
    if (pairs === undefined) {
      pairs = new Map(
        map.items.map((pair) => [String(isScalar(pair.key) ? pair.key.value : pair.key), pair]),
      );
      maps.set(map, pairs);
    }
    return pairs.get(step);
  };
  const startOf = (node: unknown): number | undefined =>
    isNode(node) && node.range ? node.range[0] : undefined;

  return (path: KeyPath, part: 'key' | 'value'): Position | undefined => {
    let node: unknown = document.contents;
    let offset = startOf(node);
    for (const step of path) {
      const parent = resolve(node);
      if (isMap(parent)) {
        const pair = pairOf(parent, String(step));
        if (!pair) break;
        node = pair.value;
        const isWritten = isScalar(node) ? node.value !== null || node.source !== '' : node !== null;
        offset = startOf(part === 'value' && isWritten ? node : pair.key) ?? offset;
      } else if (isSeq(parent)) {
        node = parent.items[Number(step)];
        offset = startOf(node) ?? offset;
      } else break;
    }
    return offset === undefined ? undefined : at(offset);
  };
}

function problem(message: string): SyntaxProblem {
  return new SyntaxProblem([{ message, position: undefined }]);
}
