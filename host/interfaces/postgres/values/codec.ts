/** How a value of a guest is written as the server's text, and read from it. */
export interface Codec<T> {
  /** @throws {WrongValue} for what the server has no text for */
  write(value: T): string;
  /** @throws {WrongValue} for what the guest has no value for */
  read(text: string): T;
}

/** A value that the other side can't have. */
export class WrongValue extends Error {
  override readonly name = 'WrongValue';
}

/** One whose text is the value. */
export const plainText: Codec<string> = { write: (value) => value, read: (text) => text };

/** Numbers that JavaScript has. */
export const integer: Codec<number> = { write: String, read: Number };

export const bigInteger: Codec<bigint> = { write: String, read: BigInt };

export const boolean: Codec<boolean> = {
  write: (value) => (value ? 't' : 'f'),
  read: (text) => text === 't',
};

/** The parts that a pattern finds in a text. @param what it should be, for people */
export function parts(pattern: RegExp, text: string, what: string): (string | undefined)[] {
  const found = pattern.exec(text);
  if (found === null) throw new WrongValue(`${JSON.stringify(text.slice(0, 80))} is no ${what}`);
  return found.slice(1);
}
