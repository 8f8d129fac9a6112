import { IncomingMessage, type Server, type ServerOptions } from 'node:http';
import { createServer } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { Limits } from '../../settings/limits.ts';
import { readTls } from '../../settings/tls-files.ts';
import type { Tls } from '../../settings/tls-setting.ts';
import { HostError, reasonOf } from '../../shared/host-error.ts';
import type { Connections } from './connections.ts';
import { type RequestHandler, serveBeside } from './http-server.ts';

const whyNotAuthorized = 'the client has no certificate of the authorities of dev.tls_ca_path';

/** A request that came over TLS. */
class SecureRequest extends IncomingMessage {
  get scheme(): 'https' {
    return 'https';
  }
}

/**
 * What makes servers of HTTPS: a client says in its handshake which version of HTTP it speaks (RFC 7301). Throws a `HostError` where the
 * files can't be read.
 */
export async function secureServers(
  tls: Tls,
  limits: Limits,
  connections: Connections,
  handler: RequestHandler,
): Promise<(options: ServerOptions) => Server> {
  const files = await readTls(tls).catch((cause: unknown) => {
    const message = `the files of dev.tls_cert_path and dev.tls_key_path can't be read: ${reasonOf(cause)}`;
    throw new HostError('config', message, { cause });
  });
  const versions = handler.handleBeside === undefined ? ['http/1.1'] : ['h2', 'http/1.1'];
  return (options) => {
    const server = createServer({
      ...options,
      IncomingMessage: SecureRequest,
      ...files,
      ALPNProtocols: versions,
      handshakeTimeout: limits.headTimeout,
      requestCert: tls.authorities !== undefined,
      // Node would close the connection without a word.
      rejectUnauthorized: false,
    });
    // Node's own server takes every connection for one of HTTP/1.1.
    const http1 = server.listeners('secureConnection');
    server.removeAllListeners('secureConnection');
    server.on('secureConnection', (socket: TLSSocket) => {
      if (tls.authorities !== undefined && !socket.authorized) {
        const reason = `${whyNotAuthorized} (${socket.authorizationError})`;
        handler.refused({ status: 403, reason, clientPort: socket.remotePort ?? 0 });
        socket.destroy();
      } else if (socket.alpnProtocol === 'h2') void serveBeside(socket, limits, connections, handler);
      else for (const listener of http1) Reflect.apply(listener, server, [socket]);
    });
    // An error of the handshake is none of HTTP, and there is nobody whom an answer could reach.
    server.removeAllListeners('tlsClientError');
    server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
      if (error.code === 'ERR_SSL_HTTP_REQUEST') {
        const reason = 'this is the port of https: the request came without TLS';
        handler.refused({ status: 400, reason, clientPort: socket.remotePort ?? 0 });
      }
      socket.destroy();
    });
    return server;
  };
}
