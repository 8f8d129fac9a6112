import type { Message } from '../../interfaces/messaging/message.ts';
import type { RingBuffer } from '../../runtime/ipc/ring-buffer.ts';
import type { Sending } from '../../runtime/ipc/sending.ts';
import type { Output } from '../../runtime/outcome.ts';
import { absent } from '../../shared/packed-strings.ts';
import type { DeliveredMessage, DeliveryOutput } from './messages.ts';

/** A longer message is none, but a message of the port. In bytes. */
const longestRecord = 16 * 1024;
/** The lengths of the component's name, the subject, the reply subject and the body. */
const headBytes = 16;
/** So many bytes a character takes in UTF-8, at most. */
const mostOfCharacter = 3;

/** Messages on their way to a worker. */
export const sentMessages: Sending<DeliveredMessage> = {
  size({ component, message: { subject, replyTo = '', body } }) {
    const texts = component.length + subject.length + replyTo.length;
    const size = headBytes + texts * mostOfCharacter + body.length;
    return size > longestRecord ? undefined : size;
  },
  write(ring, at, { component, message: { subject, replyTo, body } }) {
    const { words, bytes } = ring;
    let end = at + headBytes;
    let word = at >> 2;
    for (const text of [component, subject, replyTo]) {
      const length = text === undefined ? absent : bytes.write(text, end);
      words[word++] = length;
      end += Math.max(length, 0);
    }
    words[word] = body.length;
    bytes.set(body, end);
    return end + body.length;
  },
  message({ component, message: { subject, replyTo, body } }) {
    const copy = body.slice();
    const value: DeliveredMessage = { component, message: { subject, replyTo, body: copy } };
    return { value, transfer: [copy.buffer] };
  },
};

export function readMessage(ring: RingBuffer, at: number): DeliveredMessage {
  const { words, bytes } = ring;
  let end = at + headBytes;
  let word = at >> 2;
  const text = (): string | undefined => {
    const length = words[word++] as number;
    if (length === absent) return undefined;
    const from = end;
    end += length;
    return bytes.toString('utf8', from, end);
  };
  const component = text() ?? '';
  const subject = text() ?? '';
  const replyTo = text();
  const body = Buffer.allocUnsafe(words[word] as number);
  bytes.copy(body, 0, end, end + body.length);
  const message: Message = { subject, body, replyTo };
  return { component, message };
}

/** Ends of handlers on their way to the main thread: of those that have handled a message nothing but that is said. */
export const sentEnds: Sending<DeliveryOutput, Output> = {
  size: ({ disposition }) => (disposition === undefined ? 0 : undefined),
  write: (_, at) => at,
  message: (output) => ({ value: output, transfer: [] }),
};

export function readEnd(_ring: RingBuffer, _at: number, id: number): DeliveryOutput {
  return { id };
}
