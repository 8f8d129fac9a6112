/** A value that could be read, or what would have been right in its place. */
export type Parsed<T> = { readonly value: T } | { readonly expected: string };
