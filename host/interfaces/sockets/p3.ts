import type { HostImports } from '../../engine/link/host-imports.ts';
import { type ErrorCode, isErrorCode, lookupCaseOf } from './error-code.ts';
import type { GuestSockets } from './guest-sockets.ts';
import { type IpFamily, type WitAddress, witAddress } from './ip-address.ts';
import { NameLookup } from './name-lookup.ts';
import { attempt } from './p3-attempt.ts';
import { TcpSocket3 } from './p3-tcp.ts';
import { UdpSocket3 } from './p3-udp.ts';
import { TcpSocket } from './tcp-socket.ts';
import { UdpSocket } from './udp-socket.ts';

/** `wasi:sockets` 0.3 for one guest. */
export function sockets(guest: GuestSockets): HostImports {
  const lookup = new NameLookup(guest);
  return {
    'wasi:sockets/types': {
      TcpSocket: class extends TcpSocket3 {
        static create(family: IpFamily): TcpSocket3 {
          return attempt(() => new TcpSocket3(guest, new TcpSocket(guest, family)));
        }
      },
      UdpSocket: class extends UdpSocket3 {
        static create(family: IpFamily): UdpSocket3 {
          return attempt(() => new UdpSocket3(new UdpSocket(guest, family)));
        }
      },
    },
    'wasi:sockets/ip-name-lookup': {
      async resolveAddresses(name: string): Promise<WitAddress[]> {
        try {
          return (await lookup.resolve(name)).map(witAddress);
        } catch (thrown) {
          throw lookupCaseOf(isErrorCode(thrown) ? thrown : ('unknown' satisfies ErrorCode));
        }
      },
    },
  };
}
