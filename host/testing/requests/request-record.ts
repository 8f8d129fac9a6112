import type { RequestEvent } from '../../composition/request-event.ts';

/**
 * What became of a request, once it has ended. Requests are counted from 1 since the start, or the last reset; one that was refused
 * before the host took it for a request has the number 0, and no method and path where what came was not understood.
 */
export interface HostRequest extends RequestEvent {
  /** The lines that the component wrote to its standard output while it served the request. */
  readonly stdout: readonly string[];
  /** Those that it wrote to its standard error. */
  readonly stderr: readonly string[];
  /** How much of both was printed before these lines and is not kept, in characters. */
  readonly omittedOutput: number;
}
