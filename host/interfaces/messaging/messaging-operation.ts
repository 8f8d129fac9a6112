import type { MessagingOperationName } from './operations.ts';

/** A message that a component sent, as tests, `--json` and the inspector's API have it: the fields of its record. */
export interface MessagingOperation {
  /** `wasmcloud:messaging`. */
  readonly interface: string;
  readonly op: MessagingOperationName;
  readonly subject: string;
  /** Where a reply was to go; absent where none was asked for, and of a request. */
  readonly replyTo?: string | undefined;
  /** Of the body, in bytes. */
  readonly size?: number | undefined;
  /** Of the reply's body, in bytes. */
  readonly reply?: number | undefined;
  /** Why it could not be sent, or why there was no reply. */
  readonly error?: string | undefined;
  /** From the moment at which the guest got the request, in milliseconds. */
  readonly start: number;
  readonly milliseconds: number;
}
