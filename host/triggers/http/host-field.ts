/** `uri-host [ ":" port ]` (RFC 9110, 7.2; RFC 3986, 3.2.2), or nothing. */
const hostAndPort =
  /^(?:(?:[\w.~!$&'()*+,;=-]|%[0-9a-f]{2})*|\[[0-9a-f:.]+\]|\[v[0-9a-f]+\.[\w.~!$&'()*+,;=:-]+\])(?::\d*)?$/i;

const largestPort = 65_535;

/** Whether a text is a host, with a port or without. */
export function isHostAndPort(text: string): boolean {
  if (!hostAndPort.test(text)) return false;
  const port = /:(\d+)$/.exec(text)?.[1];
  return port === undefined || Number(port) <= largestPort;
}

/** The last value that was found right: nearly all requests of a client have the same. */
let lastRight = '';

/**
 * Why a request is refused for its `host` (RFC 9112, 3.2: none, several or one that is none), or undefined.
 *
 * @param rawHeaders names and values in turn
 */
export function whyHostIsWrong(rawHeaders: readonly string[], mustHave: boolean): string | undefined {
  let host: string | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length !== 4 || name.toLowerCase() !== 'host') continue;
    if (host !== undefined) return 'the request has two host headers';
    host = rawHeaders[index + 1] ?? '';
  }
  if (host === undefined)
    return mustHave ? 'the request has no host header, which HTTP/1.1 wants' : undefined;
  if (host === lastRight) return undefined;
  if (!isHostAndPort(host)) return 'the host header of the request is no host name';
  lastRight = host;
  return undefined;
}
