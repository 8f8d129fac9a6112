import { types } from 'node:util';
import { quoted } from './redact.ts';

/** What kind of value it is, in words: `text`, `a number`, `an instance of Map`. Asks nothing of the value that could throw. */
export function kindOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'a truth value';
    case 'bigint':
      return 'a bigint';
    case 'symbol':
      return 'a symbol';
    case 'function':
      return 'a function';
    case 'undefined':
      return 'undefined';
  }
  if (value === null) return 'null';
  if (types.isPromise(value)) return 'a promise, which has to be awaited';
  const type = typeOf(value as object);
  if (type === undefined) return 'something that can not be read';
  if (type === 'Array') return 'a list';
  return type === 'Object' ? 'a map' : `an instance of ${type}`;
}

/** Whether it is a map of keys and values, and no instance of something: its keys say all there is to say. */
export function isPlainMap(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const type = typeOf(value);
  return type === 'Object' || type === 'Module';
}

/** A value the way a message shows it: without secrets, and never in full where it is long. */
export function shownValue(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  const kind = kindOf(value);
  if (typeof value === 'bigint') return `${value}n, ${kind}`;
  return typeof value === 'number' || typeof value === 'boolean' ? `${value}, ${kind}` : kind;
}

/** Such as `Map`; undefined where a proxy or a getter throws when it is asked. */
export function typeOf(value: object): string | undefined {
  try {
    return Object.prototype.toString.call(value).slice('[object '.length, -1);
  } catch {
    return undefined;
  }
}
