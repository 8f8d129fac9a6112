import type { SpanContext } from '../trace/span-context.ts';

/** The levels of `wasi:logging`, from the least to the gravest. */
export const guestLogLevels = ['trace', 'debug', 'info', 'warn', 'error', 'critical'] as const;
export type GuestLogLevel = (typeof guestLogLevels)[number];

/** A message that a guest logs. */
export interface GuestLog {
  readonly level: GuestLogLevel;
  /** What it is about, in the guest's words; may be empty. */
  readonly context: string;
  readonly message: string;
  /** The span during which it was logged; absent where nobody traces. */
  readonly span?: SpanContext;
}

/** How much of an output's window a message takes, which has to be the same on both threads. */
export function sizeOfLog({ context, message }: GuestLog): number {
  return context.length + message.length + 1;
}

const encoder = new TextEncoder();

/** The message as a line of text, for whoever takes no messages: `warn [context]: message`. */
export function logLine({ level, context, message }: GuestLog): Uint8Array {
  return encoder.encode(`${level}${context === '' ? '' : ` [${context}]`}: ${message}\n`);
}
