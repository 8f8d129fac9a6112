/** The cases of `error` in `wasmcloud:messaging` 0.3.0. */
export type MessagingErrorCase =
  | 'subject-invalid'
  | 'access-denied'
  | 'timeout'
  | 'broker-unavailable'
  | 'message-too-large'
  | 'quota-exceeded'
  | 'other';

/** Why a message could not be sent, or why there is no reply: what the guest gets. */
export class MessagingError extends Error {
  readonly case: MessagingErrorCase;

  constructor(name: MessagingErrorCase, message: string, options?: ErrorOptions) {
    super(message, options);
    this.case = name;
  }
}
