import type { ErrorCode } from '../response-sink.ts';

/** Thrown on the host's side where what is wrong has a case of its own. */
export class OutgoingError extends Error {
  override readonly name = 'OutgoingError';
  readonly errorCode: ErrorCode;

  constructor(errorCode: ErrorCode, message: string) {
    super(message);
    this.errorCode = errorCode;
  }
}

/** Cases without a payload, by what Node, undici and OpenSSL call them. */
const cases: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection-refused',
  ECONNRESET: 'connection-terminated',
  ECONNABORTED: 'connection-terminated',
  EPIPE: 'connection-terminated',
  ERR_HTTP2_STREAM_CANCEL: 'connection-terminated',
  UND_ERR_SOCKET: 'connection-terminated',
  UND_ERR_DESTROYED: 'connection-terminated',
  UND_ERR_CLOSED: 'connection-terminated',
  UND_ERR_ABORTED: 'connection-terminated',
  ETIMEDOUT: 'connection-timeout',
  EHOSTUNREACH: 'destination-IP-unroutable',
  ENETUNREACH: 'destination-IP-unroutable',
  EADDRNOTAVAIL: 'destination-unavailable',
  EACCES: 'destination-IP-prohibited',
  EMFILE: 'connection-limit-reached',
  ENFILE: 'connection-limit-reached',
  EPROTO: 'TLS-protocol-error',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'HTTP-response-incomplete',
  HPE_INVALID_EOF_STATE: 'HTTP-response-incomplete',
};

const certificate = /CERT|SELF_SIGNED|UNABLE_TO_|^CRL_|_CHAIN/;
const alert = /ALERT_([A-Z_]+)$/;

/**
 * What a guest gets for an error of the network.
 *
 * @param hasBegun the head of the response has come
 */
export function errorCodeOf(thrown: unknown, hasBegun = false): ErrorCode {
  if (thrown instanceof OutgoingError) return thrown.errorCode;
  const error = firstOf(thrown);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if ('syscall' in error && error.syscall === 'getaddrinfo') {
    return {
      tag: 'DNS-error',
      val: { rcode: code === 'ENOTFOUND' ? 'NXDOMAIN' : code, infoCode: undefined },
    };
  }
  if (code === 'UND_ERR_HEADERS_OVERFLOW' || code === 'HPE_HEADER_OVERFLOW') {
    return { tag: 'HTTP-response-header-section-size', val: undefined };
  }
  if (code === 'UND_ERR_SOCKET' && error.message.startsWith('bad ')) return { tag: 'HTTP-protocol-error' };
  const known = cases[code];
  if (known === 'connection-terminated' && hasBegun) return { tag: 'HTTP-response-incomplete' };
  if (known !== undefined) return { tag: known };
  if (code.startsWith('ERR_SSL')) return tlsError(code);
  if (certificate.test(code)) return { tag: 'TLS-certificate-error' };
  // A server has brought the client where it should never be.
  if (code === 'ERR_ASSERTION' || error instanceof TypeError || error instanceof RangeError) {
    return { tag: 'HTTP-protocol-error' };
  }
  if (
    error.name === 'HTTPParserError' ||
    code.startsWith('HPE_') ||
    code.startsWith('ERR_HTTP2') ||
    code.startsWith('UND_ERR_INVALID')
  ) {
    return { tag: 'HTTP-protocol-error' };
  }
  return { tag: 'internal-error', val: error.message };
}

/** The case and, where it says more, why. */
export function errorText(code: ErrorCode, thrown?: unknown): string {
  const why = thrown === undefined ? '' : firstOf(thrown).message;
  return why === '' ? code.tag : `${code.tag}: ${why}`;
}

/** Of the addresses of a name the first one counts. */
function firstOf(thrown: unknown): Error {
  if (thrown instanceof AggregateError) return firstOf(thrown.errors[0]);
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** What a server says in the handshake: RFC 8446, 6. */
function tlsError(code: string): ErrorCode {
  const message = alert.exec(code)?.[1];
  if (message === undefined) return { tag: 'TLS-protocol-error' };
  return {
    tag: 'TLS-alert-received',
    val: { alertId: undefined, alertMessage: message.toLowerCase() },
  };
}
