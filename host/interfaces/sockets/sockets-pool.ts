import { MessageChannel } from 'node:worker_threads';
import type { PeerPart, PoolPart, WorkerPeer } from '../../runtime/interface.ts';
import type { FromSockets, Plane, SharedSockets, ToSockets } from './messages.ts';
import { PortTable } from './port-table.ts';
import { giveBackAll, quotaBuffer } from './quota.ts';

/** How much of datagrams may be on the way to one worker, in bytes. What comes beyond that is dropped, as datagrams may be. */
const mostDatagrams = 1024 * 1024;

/** A worker, as the private loopback sees it. */
interface Peer {
  readonly worker: WorkerPeer;
  datagrams: number;
}

/** The loopback that the components and the service of a workload have for themselves: brings those together who listen and connect. */
export class SocketsPool implements PoolPart {
  /** Made for the first component that can open sockets. */
  #table: PortTable | undefined;
  readonly #totals = quotaBuffer();
  readonly #listeners = new Map<string, Peer>();
  readonly #receivers = new Map<string, Peer>();
  #owners = 0;

  open(worker: WorkerPeer): PeerPart {
    this.#table ??= new PortTable();
    const table = this.#table;
    // Of 16 bits, and 0 is nobody.
    this.#owners = (this.#owners % 65_535) + 1;
    const owner = this.#owners;
    const own = quotaBuffer();
    const peer: Peer = { worker, datagrams: 0 };
    return {
      shared: { ports: table.buffer, owner, totals: this.#totals, own } satisfies SharedSockets,
      receive: (message: FromSockets) => this.#receive(peer, message),
      end: () => {
        for (const places of [this.#listeners, this.#receivers])
          for (const [place, one] of places) if (one === peer) places.delete(place);
        table.giveAll(owner);
        giveBackAll(this.#totals, own);
      },
    };
  }

  #receive(peer: Peer, message: FromSockets): void {
    switch (message.type) {
      case 'listen':
        this.#listeners.set(placeOf(message), peer);
        return;
      case 'unlisten':
        this.#listeners.delete(placeOf(message));
        return;
      case 'connect':
        this.#connect(peer, message);
        return;
      case 'receive':
        if (message.isOpen) this.#receivers.set(placeOf(message), peer);
        else this.#receivers.delete(placeOf(message));
        return;
      case 'send':
        this.#send(peer, message);
        return;
      case 'taken':
        peer.datagrams -= message.bytes;
        return;
    }
  }

  #connect(peer: Peer, { call, plane, port, from }: Extract<FromSockets, { type: 'connect' }>): void {
    const listener = this.#listeners.get(placeOf({ plane, port }));
    if (listener === undefined) {
      peer.worker.post({ type: 'connected', call, pipe: undefined } satisfies ToSockets);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    const accept: ToSockets = { type: 'connection', plane, port, from, pipe: port1 };
    listener.worker.post(accept, [port1]);
    peer.worker.post({ type: 'connected', call, pipe: port2 } satisfies ToSockets, [port2]);
  }

  #send(peer: Peer, { plane, datagram }: Extract<FromSockets, { type: 'send' }>): void {
    peer.worker.post({ type: 'sent' } satisfies ToSockets);
    const receiver = this.#receivers.get(placeOf({ plane, port: datagram.to }));
    const { length } = datagram.bytes;
    if (receiver === undefined || receiver.datagrams + length > mostDatagrams) return;
    receiver.datagrams += length;
    receiver.worker.post({ type: 'datagram', plane, datagram } satisfies ToSockets);
  }
}

function placeOf({ plane, port }: { readonly plane: Plane; readonly port: number }): string {
  return `${plane}:${port}`;
}
