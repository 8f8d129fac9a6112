import { StoreError } from './backend.ts';

/** The cursor behind a key, marked so that it is never empty. */
export function cursorAfter(key: string): string {
  return `>${key}`;
}

/** The key that a cursor stands behind. Throws a `StoreError` for a cursor that nobody gave out. */
export function keyOfCursor(cursor: string): string {
  if (!cursor.startsWith('>')) throw unknownCursor(cursor);
  return cursor.slice(1);
}

export function unknownCursor(cursor: string): StoreError {
  const shown = cursor.slice(0, 40);
  return new StoreError('invalid-argument', `cursor '${shown}' is not one that this store gave out`);
}
