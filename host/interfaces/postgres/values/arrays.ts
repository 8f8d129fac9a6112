import { type Codec, WrongValue } from './codec.ts';

/**
 * An array of one dimension without nulls, which is what a list is.
 * @param delimiter between two elements. Source: `typdelim` of PostgreSQL's `pg_type`
 */
export function arrayOf<T>(of: Codec<T>, delimiter = ','): Codec<ArrayLike<T>> {
  return {
    write: (values) => `{${Array.from(values, (value) => quoted(of.write(value))).join(delimiter)}}`,
    read: (text) => elementsOf(text, delimiter).map((element) => of.read(element)),
  };
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}

/** The texts of the elements of an array. Source: PostgreSQL, "Array Input and Output Syntax". */
function elementsOf(text: string, delimiter: string): string[] {
  if (!text.startsWith('{'))
    throw new WrongValue('it is an array whose first index is not 1: cast it to text');
  const elements: string[] = [];
  let at = 1;
  while (text[at] !== '}') {
    if (text[at] === '{') throw new WrongValue('it is an array of several dimensions: cast it to text');
    const [element, end] = text[at] === '"' ? quotedElement(text, at + 1) : plainElement(text, at, delimiter);
    elements.push(element);
    at = text[end] === delimiter ? end + 1 : end;
    if (at >= text.length) throw new WrongValue('it is an array that has no end');
  }
  return elements;
}

function quotedElement(text: string, start: number): [element: string, end: number] {
  let element = '';
  let at = start;
  for (; text[at] !== '"' && at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    element += text[at] ?? '';
  }
  return [element, at + 1];
}

function plainElement(text: string, start: number, delimiter: string): [element: string, end: number] {
  let end = start;
  while (end < text.length && text[end] !== delimiter && text[end] !== '}') end += 1;
  const element = text.slice(start, end);
  if (element === 'NULL') throw new WrongValue('it is an array with a null in it: cast it to text');
  return [element, end];
}
