import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  type Transferable,
} from 'node:worker_threads';
import { Blocks } from './blocks.ts';
import { RingBuffer } from './ring-buffer.ts';

/** After so much the event loop gets its turn. */
const mostAtOnce = 64;
/** So many microtasks, one after the other, are waited for. */
const longestChain = 24;
/** Posted to an end that sleeps: there are records. */
const wakeUp = null;

/** What one end of a channel is made of; it can be sent to a thread, with its port transferred. */
export interface ChannelEnd {
  readonly port: MessagePort;
  readonly outgoing: SharedArrayBuffer;
  readonly incoming: SharedArrayBuffer;
  /** See `Blocks`. */
  readonly outgoingBlocks: SharedArrayBuffer;
  readonly incomingBlocks: SharedArrayBuffer;
}

export function channelEnds(): [ChannelEnd, ChannelEnd] {
  const { port1, port2 } = new MessageChannel();
  const [there, back] = [new RingBuffer().memory, new RingBuffer().memory];
  const [blocksThere, blocksBack] = [new Blocks().memory, new Blocks().memory];
  return [
    { port: port1, outgoing: there, incoming: back, outgoingBlocks: blocksThere, incomingBlocks: blocksBack },
    { port: port2, outgoing: back, incoming: there, outgoingBlocks: blocksBack, incomingBlocks: blocksThere },
  ];
}

/**
 * What has to come before an end takes more: the microtasks that there are now, the rest of this turn of the event loop, or as many
 * microtasks as it says that something goes on, at most `longestChain`.
 */
export type Pause = 'microtasks' | 'turn' | (() => boolean);

/** What an end does with what it gets. */
export interface Receiver<Message, Item> {
  /** Reads the record at an offset of a ring; its memory is given back after that. */
  read(ring: RingBuffer, at: number): Item;
  /** Takes what was read. */
  item(item: Item): Pause | undefined;
  message(message: Message): Pause | undefined;
}

/**
 * One end of a channel between two threads, which carries short records through shared memory, and other messages through a
 * port. What was sent first arrives first, whichever way it takes: each record knows how many packets were posted before it.
 */
export class Channel<Sent, Received, Item> {
  readonly #port: MessagePort;
  readonly #outgoing: RingBuffer;
  readonly #incoming: RingBuffer;
  /** Where bytes are written that records tell of. */
  readonly outgoingBlocks: Blocks;
  /** Where the bytes are that records tell of. */
  readonly incomingBlocks: Blocks;
  #receiver: Receiver<Received, Item> | undefined;
  #posted = 0;
  /** How many packets have come whose messages were all taken; counted in 32 bits, as what was posted is. */
  #finished = 0;
  /** Packets that have come and are not finished. */
  readonly #packets: (readonly Received[])[] = [];
  /** How many messages of the first packet were taken; it has been begun when there are any. */
  #taken = 0;
  #atOnce = 0;
  #isPaused = false;
  /** Whether what was taken last goes on, and how many microtasks more it is waited for. */
  #goesOn: () => boolean = () => false;
  #looksLeft = 0;
  #looking: NodeJS.Immediate | undefined;

  constructor({ port, outgoing, incoming, outgoingBlocks, incomingBlocks }: ChannelEnd) {
    this.#port = port;
    this.#outgoing = new RingBuffer(outgoing);
    this.#incoming = new RingBuffer(incoming);
    this.outgoingBlocks = new Blocks(outgoingBlocks);
    this.incomingBlocks = new Blocks(incomingBlocks);
  }

  /** From now on the receiver gets what has come and what comes. */
  listen(receiver: Receiver<Received, Item>): void {
    this.#receiver = receiver;
    this.#port.on('message', (packet: readonly Received[] | typeof wakeUp) => {
      if (packet !== wakeUp) {
        this.#packets.push(packet);
        // What has come by now is taken with it, because an event costs more than a message.
        while (this.#packets.length < mostAtOnce && this.#receivePacket());
      }
      this.#atOnce = 0;
      this.#take();
    });
    this.lookSoon();
  }

  /** Sends messages together. They must not be empty. */
  post(messages: readonly Sent[], transfer: Transferable[] = []): void {
    this.#posted = (this.#posted + 1) | 0;
    this.#port.postMessage(messages, transfer);
  }

  /** Where records are written that are sent with `commit`. */
  get outgoing(): RingBuffer {
    return this.#outgoing;
  }

  /** Sends the record that was written to what was reserved last, and ends at this offset. */
  commit(end: number): void {
    this.commitQuietly(end);
    if (this.#outgoing.mustWake()) this.#port.postMessage(wakeUp);
  }

  /** The same, but the other end takes it when it looks, or when it is woken by something else. */
  commitQuietly(end: number): void {
    this.#outgoing.commit(end, this.#posted);
  }

  /** Wakes the other end where it sleeps and has not taken all. */
  wake(): void {
    if (!this.#outgoing.isRead && this.#outgoing.mustWake()) this.#port.postMessage(wakeUp);
  }

  /** Looks for records at the end of this turn of the event loop: the other end needs to wake nobody until then. */
  lookSoon(): void {
    if (this.#looking !== undefined) return;
    this.#incoming.wake();
    this.#looking = setImmediate(this.#look);
  }

  readonly #look = (): void => {
    this.#looking = undefined;
    this.#atOnce = 0;
    this.#take();
  };

  readonly #goOn = (): void => {
    this.#isPaused = false;
    this.#take();
  };

  /** Looks once more in a microtask, unless it was looked often enough. */
  readonly #lookAgain = (): void => {
    if (this.#looksLeft > 0 && this.#goesOn()) {
      this.#looksLeft -= 1;
      queueMicrotask(this.#lookAgain);
    } else this.#goOn();
  };

  #take(): void {
    if (this.#isPaused) return;
    for (;;) {
      if (this.#atOnce === mostAtOnce) {
        this.lookSoon();
        return;
      }
      const taken = this.#takeNext();
      if (taken === 'nothing') {
        if (this.#looking !== undefined || this.#incoming.sleep()) return;
        continue;
      }
      this.#atOnce += 1;
      if (taken === undefined) continue;
      this.#isPaused = true;
      if (taken === 'turn') setImmediate(this.#goOn);
      else if (taken === 'microtasks') queueMicrotask(this.#goOn);
      else {
        this.#goesOn = taken;
        this.#looksLeft = longestChain;
        queueMicrotask(this.#lookAgain);
      }
      return;
    }
  }

  /** Takes one record or message, where one has come. */
  #takeNext(): Pause | 'nothing' | undefined {
    const receiver = this.#receiver;
    if (receiver === undefined) return 'nothing';
    for (;;) {
      const order = this.#incoming.nextOrder;
      const [packet] = this.#packets;
      if (order !== undefined && ((order - this.#finished) | 0) <= 0) {
        const item = receiver.read(this.#incoming, this.#incoming.next);
        this.#incoming.release();
        return receiver.item(item);
      }
      if (packet !== undefined) return receiver.message(this.#shift(packet));
      if (order === undefined || !this.#receivePacket()) return 'nothing';
    }
  }

  #shift(packet: readonly Received[]): Received {
    const message = packet[this.#taken] as Received;
    this.#taken += 1;
    if (this.#taken === packet.length) {
      this.#packets.shift();
      this.#taken = 0;
      this.#finished = (this.#finished + 1) | 0;
    }
    return message;
  }

  /** Answers whether there was one. */
  #receivePacket(): boolean {
    const received = receiveMessageOnPort(this.#port);
    if (received === undefined) return false;
    if (received.message !== wakeUp) this.#packets.push(received.message);
    return true;
  }

  /** Takes all that has been sent up to now. For a receiver that never pauses. */
  takeAll(): void {
    while (this.#receivePacket());
    this.takeRecords();
  }

  /** Takes the records that have been sent up to now, and what came before them. For a receiver that never pauses. */
  takeRecords(): void {
    while (this.#takeNext() !== 'nothing');
  }

  /** What may come does not keep the process from ending. */
  unref(): void {
    this.#port.unref();
  }

  close(): void {
    clearImmediate(this.#looking);
    this.#port.close();
  }
}
