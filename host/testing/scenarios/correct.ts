import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  Pair,
  parseDocument,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { formatPath, type KeyPath } from '../../settings/file/parsed-file.ts';
import { HostError } from '../../shared/host-error.ts';
import type { Correction } from './difference.ts';

/**
 * A file of scenarios with other expectations; comments and order stay.
 * @throws {HostError} `config`, where a value is the alias of another one
 */
export function correct(source: string, corrections: readonly Correction[]): string {
  const document = parseDocument(source);
  visit(document, { Collection: (_, node) => keepPadding(node, source) });
  for (const correction of corrections) apply(document, correction);
  // Lines are left as long as they are.
  return document.toString({ lineWidth: 0 });
}

/** `{ a }` and `[a]` stay as they are written; the package has one way for all of them. */
function keepPadding(node: YAMLMap | YAMLSeq, source: string): void {
  const start = node.range?.[0];
  if (node.flow !== true || start === undefined) return;
  const flowCollectionPadding = /\s/.test(source[start + 1] ?? '') ? ' ' : '';
  const render = node.toString.bind(node);
  node.toString = (context, ...rest) =>
    render(context === undefined ? context : { ...context, flowCollectionPadding }, ...rest);
}

function apply(document: Document, { path, value }: Correction): void {
  const key = path.at(-1);
  const parent = mapAt(document, path.slice(0, -1));
  const pair = parent.items.find((item) => isNamed(item, key));
  if (value === undefined) {
    if (pair !== undefined) parent.items.splice(parent.items.indexOf(pair), 1);
    // Without entries a map in blocks would be read as nothing.
    parent.flow = parent.flow === true || parent.items.length === 0;
    return;
  }
  if (pair === undefined) {
    if (parent.items.length === 0) parent.flow = false;
    parent.items.push(new Pair(document.createNode(key), document.createNode(value)));
    return;
  }
  // A scalar that stays one keeps its comment.
  if (isScalar(pair.value) && typeof value !== 'object') {
    pair.value.value = value;
    delete pair.value.source;
  } else pair.value = document.createNode(value);
}

/** The map at a path, made where the last steps of it are not there. */
function mapAt(document: Document, path: KeyPath): YAMLMap {
  let node: unknown = document.contents;
  for (const step of path) {
    if (isSeq(node)) node = node.items[Number(step)];
    else if (isMap(node)) {
      let pair = node.items.find((item) => isNamed(item, step));
      if (pair === undefined) {
        pair = new Pair(document.createNode(step), document.createNode({}));
        node.items.push(pair);
      }
      // What is empty is a map from now on.
      if (isScalar(pair.value) && pair.value.value === null) pair.value = document.createNode({});
      node = pair.value;
    } else break;
  }
  if (isMap(node)) return node;
  throw new HostError(
    'config',
    `${formatPath(path)} is written by means of an alias. --update can't change it; do it by hand.`,
  );
}

function isNamed({ key }: Pair, name: string | number | undefined): boolean {
  return String(isScalar(key) ? key.value : key) === String(name);
}
