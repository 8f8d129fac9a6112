import { lookup as systemLookup } from 'node:dns';
import { connect as connectTcp, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext } from 'node:tls';
import type { AllowedHosts } from './allowed-hosts.ts';
import type { Destination } from './destination.ts';
import { OutgoingError } from './error-codes.ts';

/** A connection that was made, before anything is sent on it. */
export interface Connected {
  readonly socket: Socket;
  readonly protocol: 'http/1.1' | 'h2';
}

/** How connections are made. */
export interface ConnectOptions {
  readonly allowed: AllowedHosts;
  /** Loads the authorities that servers are checked against, with the first server that is. */
  trusted(): SecureContext;
}

/**
 * Connects to a server: for `https` with TLS, in which the server chooses HTTP/2 where it has it. A name that leads only to addresses
 * which the component may not reach is refused.
 *
 * @param isH2c without TLS, HTTP/2 by prior knowledge
 * @param done called once, not before this has returned
 * @returns gives the attempt up, where it goes on
 */
export function connect(
  destination: Destination,
  { allowed, trusted }: ConnectOptions,
  isH2c: boolean,
  done: (error: unknown, connected?: Connected) => void,
): () => void {
  const { scheme, host, port } = destination;
  const target = { host, port, lookup: lookupFor(destination, allowed), noDelay: true };
  let isOver = false;
  const end = (error: unknown, connected?: Connected): void => {
    if (isOver) return;
    isOver = true;
    done(error, connected);
  };
  let socket: Socket;
  if (scheme === 'http') {
    socket = connectTcp(target, () => end(undefined, { socket, protocol: isH2c ? 'h2' : 'http/1.1' }));
  } else {
    let secureContext: SecureContext;
    try {
      secureContext = trusted();
    } catch (error) {
      queueMicrotask(() => end(error));
      return () => {
        isOver = true;
      };
    }
    const secure = connectTls(
      {
        ...target,
        ...(destination.isAddress ? {} : { servername: host }),
        ALPNProtocols: ['h2', 'http/1.1'],
        secureContext,
      },
      () => end(undefined, { socket, protocol: secure.alpnProtocol === 'h2' ? 'h2' : 'http/1.1' }),
    );
    socket = secure;
    secure.once('close', () => end(closedInHandshake(destination)));
  }
  socket.once('error', end);
  return () => {
    if (isOver) return;
    isOver = true;
    socket.destroy();
  };
}

function closedInHandshake({ origin }: Destination): OutgoingError {
  return new OutgoingError(
    { tag: 'TLS-protocol-error' },
    `${origin} closed the connection in the TLS handshake`,
  );
}

function lookupFor(destination: Destination, allowed: AllowedHosts): LookupFunction {
  return (name, options, callback) => {
    systemLookup(name, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, []);
        return;
      }
      const open = addresses.filter(({ address }) => allowed.allowsAddress(destination, address));
      const [first] = open;
      if (first === undefined)
        callback(
          prohibited(
            name,
            addresses.map(({ address }) => address),
          ),
          [],
        );
      else if (options.all === true) callback(null, open);
      else callback(null, first.address, first.family);
    });
  };
}

function prohibited(name: string, addresses: readonly string[]): OutgoingError {
  const [first = 'no address'] = addresses;
  const message =
    `${name} leads to ${addresses.join(', ') || first}, which is no address that a name may lead to; ` +
    `add "${first}" to workload.allowedHosts to allow it`;
  return new OutgoingError({ tag: 'destination-IP-prohibited' }, message);
}
