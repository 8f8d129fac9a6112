/** A request's target as `wasi:http` tells it. */
export interface RequestTarget {
  readonly scheme: 'http' | 'https';
  readonly authority: string | undefined;
  readonly pathWithQuery: string;
}

const absoluteForm = /^(https?):\/\/([^/?]*)(.*)$/is;

/**
 * Takes the target of a request line apart. A whole URL, as clients of a proxy send it, has an authority of its
 * own, which wins over the header `host` (RFC 9112, 3.2.2).
 */
export function splitTarget(target: string, host: string | undefined): RequestTarget {
  // Nearly all targets are paths; they cost no search.
  if (target.startsWith('/')) return { scheme: 'http', authority: host, pathWithQuery: target };
  const [, scheme, authority, rest = ''] = absoluteForm.exec(target) ?? [];
  if (scheme === undefined) return { scheme: 'http', authority: host, pathWithQuery: target };
  return {
    scheme: scheme.length === 5 ? 'https' : 'http',
    authority,
    pathWithQuery: rest.startsWith('/') ? rest : `/${rest}`,
  };
}
