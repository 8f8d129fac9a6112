import { isError } from './is-error.ts';

/**
 * Every error that kvasi reports on purpose. The first group is the user's to fix and is shown as one
 * message without a stack; the second is a fault of kvasi or of a dependency and keeps its stack.
 */
export type HostErrorCode =
  /** The command line was used wrongly: unknown flag, missing argument. Exit code 2. */
  | 'usage'
  /** A configuration file, environment variable or flag has a value that can't be used. */
  | 'config'
  /** The component file is missing, no component, or asks for something that isn't provided. */
  | 'component'
  /** The command that builds the component failed. */
  | 'build'
  /** The listener's address can't be used: port taken, host unknown, no permission. */
  | 'address'
  /** This Node can't run components (no JSPI). */
  | 'runtime'
  /** A store is away, refuses or answers nonsense. */
  | 'backend'
  /** A request of a test got no answer, or not all of it. */
  | 'request'
  /** Standard output can't be written, as on a disk that is full. */
  | 'output'
  /** Something that can't happen did. */
  | 'internal';

/** An error whose message is written for the person who reads it: what happened, to what, what to do now. */
export class HostError extends Error {
  override readonly name = 'HostError';
  readonly code: HostErrorCode;

  constructor(code: HostErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The text of whatever was thrown, without a stack. */
export function reasonOf(thrown: unknown): string {
  try {
    return String(isError(thrown) ? thrown.message : thrown);
  } catch {
    // Whatever may be thrown: an object without a prototype, or a proxy, that has no text.
    return 'something without a text was thrown';
  }
}

/** The same with the stack, for what nobody foresaw. */
export function stackOf(thrown: unknown): string {
  try {
    const stack: unknown = isError(thrown) ? thrown.stack : undefined;
    return typeof stack === 'string' ? stack : reasonOf(thrown);
  } catch {
    return reasonOf(thrown);
  }
}
