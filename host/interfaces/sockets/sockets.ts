import { Unconstructible } from '../../shared/unconstructible.ts';

class Denied extends Unconstructible {}

class Network {}

function deny(): never {
  throw 'access-denied';
}

/** As wash and wasmtime answer: a name that may not be looked up is none. */
function denyLookup(): never {
  throw 'permanent-resolver-failure';
}

/** `wasi:sockets`: present, so that components that import it start; every socket and lookup is denied. */
export const sockets = {
  'wasi:sockets/network': { Network },
  'wasi:sockets/instance-network': { instanceNetwork: (): Network => new Network() },
  'wasi:sockets/ip-name-lookup': { ResolveAddressStream: Denied, resolveAddresses: denyLookup },
  'wasi:sockets/tcp': { TcpSocket: Denied },
  'wasi:sockets/tcp-create-socket': { createTcpSocket: deny },
  'wasi:sockets/udp': { UdpSocket: Denied, IncomingDatagramStream: Denied, OutgoingDatagramStream: Denied },
  'wasi:sockets/udp-create-socket': { createUdpSocket: deny },
};
