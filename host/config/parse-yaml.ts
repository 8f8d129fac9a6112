import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { type KeyPath, type ParsedFile, type Position, SyntaxProblem } from './parsed-file.ts';

/**
 * Reads YAML, and JSON too, which is a subset of it.
 * @throws {SyntaxProblem} for everything that isn't YAML
 */
export function parseYaml(source: string): ParsedFile {
  const lineCounter = new LineCounter();
  // Without prettyErrors the messages are one line, and the place is ours to write.
  const document = parseDocument(source, { lineCounter, prettyErrors: false });
  const at = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset);
    return { line, column: col };
  };
  const note = ({ message, pos }: { message: string; pos: [number, number] }) => ({
    message,
    position: at(pos[0]),
  });
  if (document.errors.length > 0) throw new SyntaxProblem(document.errors.map(note));

  const resolve = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);
  const startOf = (node: unknown): number | undefined =>
    isNode(node) && node.range ? node.range[0] : undefined;

  const positionOf = (path: KeyPath, part: 'key' | 'value'): Position | undefined => {
    let node: unknown = document.contents;
    let offset = startOf(node);
    for (const step of path) {
      const parent = resolve(node);
      if (isMap(parent)) {
        const pair = parent.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(step));
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

  try {
    return { data: document.toJS(), positionOf, warnings: document.warnings.map(note) };
  } catch (error) {
    // Aliases that expand without end are noticed only here.
    throw new SyntaxProblem([
      { message: error instanceof Error ? error.message : String(error), position: undefined },
    ]);
  }
}
