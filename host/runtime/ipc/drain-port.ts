import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';

/** After so many messages the event loop gets its turn. */
const mostAtOnce = 64;

/**
 * Receives from a port. What has come by the time of one message event is taken with it, because an event costs
 * more than a message.
 */
export function receiveFrom<T>(port: MessagePort, receive: (message: T) => void): void {
  port.on('message', (first: T) => {
    receive(first);
    drainPort(port, receive, mostAtOnce);
  });
}

/** Takes what has come and not been received. */
export function drainPort<T>(
  port: MessagePort,
  receive: (message: T) => void,
  most = Number.POSITIVE_INFINITY,
): void {
  for (let count = 0; count < most; count += 1) {
    const next = receiveMessageOnPort(port);
    if (next === undefined) return;
    receive(next.message as T);
  }
}
