import type { MessageDelivery } from '../../composition/message-delivery.ts';

/** A message that a component or a test has published. */
export interface HostMessage {
  readonly subject: string;
  readonly body: Uint8Array;
  /** The body as text. */
  readonly text: string;
  /** Where a reply was to go; undefined where none was wanted. */
  readonly replyTo: string | undefined;
  /** `request`: whoever sent it waits for a reply; `reply`: it is one to a request. */
  readonly kind: 'publish' | 'request' | 'reply';
  readonly from: 'component' | 'test';
  /** What became of it, one for each component that has subscribed, in the order in which these ended. */
  readonly deliveries: readonly MessageDelivery[];
}

/** What `host.publish` is called with besides subject and body. */
export interface PublishOptions {
  /** Where a handler may reply. Default: nowhere. */
  readonly replyTo?: string;
  /** Gives it a reply subject of its own, and waits for what comes there. */
  readonly reply?: boolean;
  /** How long `reply` waits after all handlers have ended, in the machine's time: `2s`, or milliseconds. Default 1 s. */
  readonly timeout?: string | number;
}

/** What became of a message that a test has published. */
export interface PublishedMessage extends HostMessage {
  /** What came to the reply subject; undefined where nothing did, or none was asked for. */
  readonly reply: { readonly subject: string; readonly body: Uint8Array; readonly text: string } | undefined;
}
