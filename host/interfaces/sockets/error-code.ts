import { systemCode } from '../../shared/system-code.ts';

/** `error-code` of `wasi:sockets/network@0.2`. Those of 0.3 are made of them. */
export type ErrorCode =
  | 'unknown'
  | 'access-denied'
  | 'not-supported'
  | 'invalid-argument'
  | 'out-of-memory'
  | 'timeout'
  | 'concurrency-conflict'
  | 'not-in-progress'
  | 'would-block'
  | 'invalid-state'
  | 'new-socket-limit'
  | 'address-not-bindable'
  | 'address-in-use'
  | 'remote-unreachable'
  | 'connection-refused'
  | 'connection-reset'
  | 'connection-aborted'
  | 'datagram-too-large'
  | 'name-unresolvable'
  | 'temporary-resolver-failure'
  | 'permanent-resolver-failure';

/** By the codes of Node and of the system; the WIT names those of POSIX for each. */
const codes: Readonly<Record<string, ErrorCode>> = {
  EACCES: 'access-denied',
  EPERM: 'access-denied',
  EOPNOTSUPP: 'not-supported',
  EAFNOSUPPORT: 'not-supported',
  EPROTONOSUPPORT: 'not-supported',
  EINVAL: 'invalid-argument',
  EDESTADDRREQ: 'invalid-argument',
  ENOMEM: 'out-of-memory',
  ENOBUFS: 'out-of-memory',
  ETIMEDOUT: 'timeout',
  EMFILE: 'new-socket-limit',
  ENFILE: 'new-socket-limit',
  EADDRNOTAVAIL: 'address-not-bindable',
  EADDRINUSE: 'address-in-use',
  EHOSTUNREACH: 'remote-unreachable',
  EHOSTDOWN: 'remote-unreachable',
  ENETUNREACH: 'remote-unreachable',
  ENETDOWN: 'remote-unreachable',
  ENONET: 'remote-unreachable',
  ECONNREFUSED: 'connection-refused',
  ECONNRESET: 'connection-reset',
  EPIPE: 'connection-reset',
  ERR_STREAM_DESTROYED: 'connection-reset',
  ECONNABORTED: 'connection-aborted',
  EMSGSIZE: 'datagram-too-large',
};

/** What an error of Node is for a guest. */
export function codeOf(error: unknown): ErrorCode {
  return codes[systemCode(error)] ?? 'unknown';
}

/** The same of a lookup: the codes of `getaddrinfo`. */
export function lookupCode(error: unknown): ErrorCode {
  const code = systemCode(error);
  if (['ENOTFOUND', 'ENODATA', 'EAI_NONAME', 'EAI_NODATA', 'EAI_ADDRFAMILY'].includes(code))
    return 'name-unresolvable';
  return ['EAI_AGAIN', 'ETIMEOUT', 'ETIMEDOUT'].includes(code)
    ? 'temporary-resolver-failure'
    : 'permanent-resolver-failure';
}

const known: ReadonlySet<unknown> = new Set<ErrorCode>([
  ...Object.values(codes),
  'unknown',
  'concurrency-conflict',
  'not-in-progress',
  'would-block',
  'invalid-state',
  'name-unresolvable',
  'temporary-resolver-failure',
  'permanent-resolver-failure',
]);

/** Whether something that was thrown is a code for a guest. */
export function isErrorCode(thrown: unknown): thrown is ErrorCode {
  return known.has(thrown);
}

/** An `error-code` of 0.3. */
export interface ErrorCase {
  readonly tag: string;
  readonly val?: string | undefined;
}

const cases03: ReadonlySet<string> = new Set([
  ...['access-denied', 'not-supported', 'invalid-argument', 'out-of-memory', 'timeout', 'invalid-state'],
  ...['address-not-bindable', 'address-in-use', 'remote-unreachable', 'connection-refused'],
  ...['connection-reset', 'connection-aborted', 'datagram-too-large'],
]);
const lookupCases03: ReadonlySet<string> = new Set([
  ...['access-denied', 'invalid-argument', 'name-unresolvable'],
  ...['temporary-resolver-failure', 'permanent-resolver-failure'],
]);

/** The case of 0.3; what it has none for is `other`, with the code of 0.2. */
export function caseOf(code: ErrorCode, cases: ReadonlySet<string> = cases03): ErrorCase {
  return cases.has(code) ? { tag: code } : { tag: 'other', val: code };
}

/** The same for a lookup, whose cases are others. */
export function lookupCaseOf(code: ErrorCode): ErrorCase {
  return caseOf(code, lookupCases03);
}
