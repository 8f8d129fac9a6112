import { isError } from '../../shared/is-error.ts';
import { parseYaml, RepeatedKeys } from './parse-yaml.ts';
import { type ParsedFile, SyntaxProblem } from './parsed-file.ts';

/**
 * Reads JSON. YAML's parser gives the positions, but JSON's own decides what is valid, because wash reads the
 * same file.
 * @throws {SyntaxProblem} for everything that isn't JSON, and for keys that are there twice
 */
export function parseJson(source: string): ParsedFile {
  let data: unknown;
  try {
    data = source.trim() === '' ? null : JSON.parse(source);
  } catch (error) {
    const message = isError(error) ? error.message : String(error);
    const offset = /at position (\d+)/.exec(message)?.[1];
    const before = source.slice(0, offset === undefined ? source.length : Number(offset)).split('\n');
    const position = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
    throw new SyntaxProblem([{ message: message.replace(/ (in JSON )?at position.*/s, ''), position }]);
  }
  try {
    return { ...parseYaml(source), data };
  } catch (error) {
    if (error instanceof RepeatedKeys) throw error;
    // JSON that YAML can't follow: valid, but without positions.
    return { data, positionOf: () => undefined, warnings: [] };
  }
}
