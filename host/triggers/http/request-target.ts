import { isHostAndPort } from './host-field.ts';

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
 *
 * @param ofConnection the scheme of what came over this connection
 */
export function splitTarget(
  target: string,
  host: string | undefined,
  ofConnection: 'http' | 'https' = 'http',
): RequestTarget {
  // Nearly all targets are paths; they cost no search.
  if (target.startsWith('/')) return { scheme: ofConnection, authority: host, pathWithQuery: target };
  const [, scheme, authority, rest = ''] = absoluteForm.exec(target) ?? [];
  if (scheme === undefined) return { scheme: ofConnection, authority: host, pathWithQuery: target };
  return {
    scheme: scheme.length === 5 ? 'https' : 'http',
    authority,
    pathWithQuery: rest.startsWith('/') ? rest : `/${rest}`,
  };
}

/** Why a target is refused: a whole URL names a host and no user (RFC 9110, 4.2.1 and 4.2.4). Undefined where it is not. */
export function whyTargetIsWrong(target: string): string | undefined {
  if (target.startsWith('/')) return undefined;
  const authority = absoluteForm.exec(target)?.[2];
  if (authority === undefined || (authority !== '' && isHostAndPort(authority))) return undefined;
  return "the host of the request's URL is no host name";
}
