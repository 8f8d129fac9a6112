import { SyntaxProblem } from './parsed-file.ts';

/** How deep maps and lists may lie in each other. */
const deepest = 100;

/**
 * Throws a `SyntaxProblem` for data that is nested so deep that whoever walks through it would run out of stack, or
 * that contains itself, as aliases of YAML make possible.
 */
export function requireShallow(data: unknown): void {
  heightOf(data, 0, new Map());
}

/** @param heights of what was seen, which many aliases may lead to; undefined while it is being measured */
function heightOf(value: unknown, depth: number, heights: Map<object, number | undefined>): number {
  if (typeof value !== 'object' || value === null) return 0;
  const known = heights.get(value);
  if (known === undefined && heights.has(value)) throw problem('a map or list contains itself');
  if (depth + (known ?? 0) >= deepest) throw problem(`maps and lists are nested more than ${deepest} deep`);
  if (known !== undefined) return known;
  heights.set(value, undefined);
  let height = 0;
  for (const child of Object.values(value)) height = Math.max(height, heightOf(child, depth + 1, heights));
  heights.set(value, height + 1);
  return height + 1;
}

function problem(message: string): SyntaxProblem {
  return new SyntaxProblem([{ message, position: undefined }]);
}
