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
import { isError } from '../../shared/is-error.ts';
import {
  type KeyPath,
  type ParsedFile,
  type Position,
  type SyntaxNote,
  SyntaxProblem,
} from './parsed-file.ts';

/** Keys that are there twice: of most readers of JSON the last one counts, of others the first. */
export class RepeatedKeys extends SyntaxProblem {}

/** Looking up what an alias stands for takes longer the more there are. */
const mostAliases = 1000;
/** What the library calls a call stack that is used up. */
const tooDeep = 'maps and lists are nested too deep';

/**
 * Reads YAML, and JSON too, which is a subset of it.
 * @throws {SyntaxProblem} for everything that isn't YAML
 */
export function parseYaml(source: string): ParsedFile {
  try {
    return parse(source);
  } catch (error) {
    if (error instanceof SyntaxProblem) throw error;
    // Aliases that expand without end are noticed only when they are followed.
    const reason = isError(error) ? error.message : String(error);
    throw problem(error instanceof RangeError ? tooDeep : inWords(reason));
  }
}

function parse(source: string): ParsedFile {
  const lineCounter = new LineCounter();
  // Without prettyErrors the messages are one line, and the place is ours to write. The library's own search for keys
  // that are there twice compares each with each.
  const document = parseDocument(source, { lineCounter, prettyErrors: false, uniqueKeys: false });
  const at = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset);
    return { line, column: col };
  };
  const note = ({ message, pos }: { message: string; pos: [number, number] }): SyntaxNote => ({
    message: inWords(message),
    position: at(pos[0]),
  });
  if (document.errors.length > 0) throw new SyntaxProblem(firstOfEach(document.errors.map(note)));
  const repeated = surveyed(document);
  if (repeated.length > 0) {
    throw new RepeatedKeys(
      repeated.map((offset) => ({ message: 'Map keys must be unique', position: at(offset) })),
    );
  }
  return {
    data: document.toJS(),
    positionOf: positions(document, at),
    warnings: document.warnings.map(note),
  };
}

/** What follows from one mistake is often the same message, for each line or bracket behind it. */
function firstOfEach(notes: readonly SyntaxNote[]): SyntaxNote[] {
  const seen = new Set<string>();
  return notes.filter(({ message }) => seen.size < seen.add(message).size);
}

/** The library's own messages, without advice for those who call it. A regular expression may use up the stack, too. */
function inWords(message: string): string {
  if (/call stack|stack overflow/i.test(message)) return tooDeep;
  return /^Source contains multiple documents/.test(message)
    ? 'there are several documents in it; keep one'
    : message;
}

/** Answers where keys are that were there before. Throws a `SyntaxProblem` for too many aliases. */
function surveyed(document: Document): number[] {
  const repeated: number[] = [];
  let aliases = 0;
  visit(document, {
    Alias: () => {
      aliases += 1;
      if (aliases > mostAliases) throw problem(`there are more than ${mostAliases} aliases`);
    },
    Map: (_, { items }) => {
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
