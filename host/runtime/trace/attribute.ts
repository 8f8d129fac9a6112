/** What a record says of an operation besides what every record says. */
export type AttributeValue = boolean | number | string;

/** The attributes of a record by their names; one that is undefined is absent. */
export type Attributes = Readonly<Record<string, AttributeValue | undefined>>;

/** Those of an operation in the order in which it names them. */
export type Values = readonly (AttributeValue | undefined)[];

/** An attribute that operations may have. */
export interface Attribute {
  readonly name: string;
  readonly form: 'flag' | 'number' | 'text';
  /** Whether a text that has to be short goes without it. */
  readonly isDetail: boolean;
  /** It is in no line of text: it is for programs alone. */
  readonly isHidden?: true;
  /** The value in a line of text, such as `hit` or `3 keys`. */
  text(value: AttributeValue): string;
}

/** What is so, or is not. */
export function flag(name: string, yes: string, no: string): Attribute {
  return { name, form: 'flag', isDetail: false, text: (value) => (value === true ? yes : no) };
}

/** How many things there were. */
export function count(name: string, one: string, many: string): Attribute {
  return { name, form: 'number', isDetail: false, text: (value) => `${value} ${value === 1 ? one : many}` };
}

/** How large something was, in bytes. */
export function size(name: string): Attribute {
  return { name, form: 'number', isDetail: true, text: (value) => formatSize(Number(value)) };
}

/** A word that is shown as it is. */
export function word(name: string): Attribute {
  return { name, form: 'text', isDetail: false, text: String };
}

function formatSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const kib = bytes / 1024;
  return kib < 1024 ? `${kib.toFixed(1)} KiB` : `${(kib / 1024).toFixed(1)} MiB`;
}
