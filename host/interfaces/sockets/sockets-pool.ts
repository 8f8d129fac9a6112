import { MessageChannel } from 'node:worker_threads';
import type { PeerPart, PoolPart, WorkerPeer } from '../../runtime/interface.ts';
import type { FromSockets, Plane, SharedSockets, ToSockets } from './messages.ts';
import { PortTable } from './port-table.ts';
import { giveBackAll, quotaBuffer } from './quota.ts';

/** How much of datagrams may be on the way to one worker, in bytes. What comes beyond that is dropped, as datagrams may be. */
const mostDatagrams = 1024 * 1024;

/** How long what has just begun may take until it listens, in milliseconds: who connects meanwhile waits. */
const longestStart = 2000;
/** How many may wait for that. */
const mostEarly = 1000;

type Connect = Extract<FromSockets, { type: 'connect' }>;

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
  /** Who wants to connect to a port where nobody listens yet. */
  #early: { readonly peer: Peer; readonly message: Connect }[] = [];
  #starting: NodeJS.Timeout | undefined;

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
        this.#early = this.#early.filter((one) => one.peer !== peer);
        table.giveAll(owner);
        giveBackAll(this.#totals, own);
      },
    };
  }

  /** Something begins that may listen: for a while nobody is refused because it does not yet. */
  expectListeners(): void {
    clearTimeout(this.#starting);
    this.#starting = setTimeout(() => this.#startIsOver(), longestStart).unref();
  }

  close(): void {
    clearTimeout(this.#starting);
    this.#starting = undefined;
  }

  #startIsOver(): void {
    this.#starting = undefined;
    this.#connectEarly();
  }

  #receive(peer: Peer, message: FromSockets): void {
    switch (message.type) {
      case 'listen':
        this.#listeners.set(placeOf(message), peer);
        this.#connectEarly();
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

  /** Those who have waited for what listens now. */
  #connectEarly(): void {
    const early = this.#early;
    this.#early = [];
    for (const { peer, message } of early) this.#connect(peer, message);
  }

  #connect(peer: Peer, message: Connect): void {
    const { call, plane, port, from } = message;
    const listener = this.#listeners.get(placeOf({ plane, port }));
    if (listener === undefined && this.#starting !== undefined && this.#early.length < mostEarly) {
      this.#early.push({ peer, message });
      return;
    }
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
