/** A message of a broker; `broker-message` of `wasmcloud:messaging`. */
export interface Message {
  readonly subject: string;
  readonly body: Uint8Array;
  /** Where whoever handles it may send a reply. */
  readonly replyTo?: string | undefined;
}

/** The longest subject, in bytes of UTF-8; a NATS server takes 4 KiB for a subject, a reply subject and their lengths. */
export const longestSubject = 1024;

/** What a message takes in a queue, in bytes. */
export function sizeOf({ subject, body, replyTo }: Message): number {
  return body.length + subject.length + (replyTo?.length ?? 0);
}

/** So many of them, in words. */
export function counted(count: number): string {
  return count === 1 ? '1 message' : `${count} messages`;
}
