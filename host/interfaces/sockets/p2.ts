import type { HostImports } from '../../engine/link/host-imports.ts';
import { Unconstructible } from '../../shared/unconstructible.ts';
import type { IoError } from '../io/io-error.ts';
import { isErrorCode } from './error-code.ts';
import type { GuestSockets } from './guest-sockets.ts';
import type { IpFamily } from './ip-address.ts';
import { NameLookup } from './name-lookup.ts';
import { ResolveAddressStream } from './p2-lookup.ts';
import { TcpSocket2 } from './p2-tcp.ts';
import { IncomingDatagramStream, OutgoingDatagramStream, UdpSocket2 } from './p2-udp.ts';

class Network extends Unconstructible {}

/** `wasi:sockets` 0.2 for one guest. */
export function sockets(guest: GuestSockets): HostImports {
  const lookup = new NameLookup(guest);
  return {
    'wasi:sockets/network': {
      Network,
      networkErrorCode: (error: IoError) => {
        const reason = error.toDebugString();
        return isErrorCode(reason) ? reason : undefined;
      },
    },
    'wasi:sockets/instance-network': { instanceNetwork: () => Object.create(Network.prototype) as Network },
    'wasi:sockets/ip-name-lookup': {
      ResolveAddressStream,
      resolveAddresses: (_: Network, name: string) =>
        new ResolveAddressStream(lookup.resolve(name), (callback) => guest.onEnd(callback)),
    },
    'wasi:sockets/tcp': { TcpSocket: TcpSocket2 },
    'wasi:sockets/tcp-create-socket': {
      createTcpSocket: (family: IpFamily) => TcpSocket2.create(guest, family),
    },
    'wasi:sockets/udp': { UdpSocket: UdpSocket2, IncomingDatagramStream, OutgoingDatagramStream },
    'wasi:sockets/udp-create-socket': {
      createUdpSocket: (family: IpFamily) => UdpSocket2.create(guest, family),
    },
  };
}
