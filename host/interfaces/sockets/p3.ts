import { Unconstructible } from '../../shared/unconstructible.ts';

class TcpSocket extends Unconstructible {
  static create(): never {
    throw { tag: 'access-denied' };
  }
}

class UdpSocket extends Unconstructible {
  static create(): never {
    throw { tag: 'access-denied' };
  }
}

/** `wasi:sockets@0.3.0`: present, so that components that import it start; every socket and lookup is denied. */
export const sockets = {
  'wasi:sockets/types': { TcpSocket, UdpSocket },
  'wasi:sockets/ip-name-lookup': {
    resolveAddresses(): never {
      throw { tag: 'permanent-resolver-failure' };
    },
  },
};
