/** What the parts of a request may be made of, as wasmtime takes it. None may be longer than `longest` characters. */
const longest = 64 * 1024;

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Visible characters, and those beyond ASCII, which servers get as UTF-8. */
const path = /^(?:[/?][!-~\u0080-\u{10ffff}]*)?$/u;
const scheme = /^[A-Za-z0-9+\-.]{0,64}$/;
/** User information, a host or an address in brackets, and a port. */
const authority =
  /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:%]*@)?(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._~!$&'()*+,;=]+)(?::([0-9]{1,5}))?$/;

/** RFC 9110, 9.1. */
export function isMethod(text: string): boolean {
  return text.length <= longest && token.test(text);
}

/** Begins with `/` or `?`, or is empty. */
export function isPathWithQuery(text: string): boolean {
  return text.length <= longest && path.test(text);
}

/** RFC 3986, 3.1. */
export function isScheme(text: string): boolean {
  return scheme.test(text);
}

/** RFC 3986, 3.2; a port is a number up to 65535. */
export function isAuthority(text: string): boolean {
  if (text.length > longest) return false;
  const match = authority.exec(text);
  return match !== null && Number(match[1] ?? 0) <= 65535;
}
