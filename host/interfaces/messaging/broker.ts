import type { Message } from './message.ts';

/** Carries messages to whoever has subscribed. Nothing is kept for those who come later. */
export interface Broker {
  /** The largest body that it takes, in bytes. */
  readonly largestBody: number;
  /** Resolves when it has taken the message. Throws a `MessagingError`. */
  publish(message: Message): Promise<void>;
  /**
   * Publishes a message with a reply subject of its own, and gets the first message that is published there.
   *
   * @param begun gets the message as it is sent, where others of this process are to see it
   */
  request(message: Message, begun?: (sent: Message) => void): PendingReply;
  subscribe(subscriber: Subscriber): Subscription;
  /** Ends what it has under way; requests are rejected. */
  close(): Promise<void>;
}

export interface PendingReply {
  /** Rejects with a `MessagingError`. */
  readonly reply: Promise<Message>;
  /** Nobody waits for it any more. */
  cancel(): void;
}

/** Who gets messages. */
export interface Subscriber {
  readonly patterns: readonly string[];
  /** Of those that name the same group, one gets a message; absent: it gets all. */
  readonly group: string | undefined;
  /** Takes a message; answers false where it has no room for it. */
  receive(message: Message): boolean;
}

export interface Subscription {
  /** Resolves when the broker knows of it. Rejects with a `MessagingError`. */
  readonly ready: Promise<void>;
  /** It gets nothing more. */
  end(): void;
}
