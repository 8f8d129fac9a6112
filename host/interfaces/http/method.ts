/** `wasi:http/types` method. */
export type Method = { readonly tag: string; readonly val?: string };

const known = new Set(['get', 'head', 'post', 'put', 'delete', 'connect', 'options', 'trace', 'patch']);

/** The method as it stands in a request line; methods are case-sensitive (RFC 9110, 9.1). */
export function toMethod(name: string): Method {
  const lower = name.toLowerCase();
  return known.has(lower) && name === name.toUpperCase() ? { tag: lower } : { tag: 'other', val: name };
}

/** `wasi:http/types` scheme. */
export type Scheme = { readonly tag: 'HTTP' | 'HTTPS' } | { readonly tag: 'other'; readonly val: string };

export function toScheme(name: string): Scheme {
  if (name === 'http') return { tag: 'HTTP' };
  if (name === 'https') return { tag: 'HTTPS' };
  return { tag: 'other', val: name };
}
