import type { HostOperation } from './operation-record.ts';

/** What became of a request, once it has ended. */
export interface HostRequest {
  /** Counts the requests since the start, or the last reset, from 1; 0 where it was refused before the host took it for one. */
  readonly request: number;
  /** Empty where what came was not understood. */
  readonly method: string;
  /** With its query; empty where what came was not understood. */
  readonly path: string;
  /** Of the answer; 0 where there was none. */
  readonly status: number;
  /** From the head of the request to the end of the answer and of the handler. */
  readonly milliseconds: number;
  /** Why there was no answer of the component, or not all of it; undefined where there was. */
  readonly reason: string | undefined;
  /** Where the component trapped: the wasm frames, the innermost first. Empty where it did not. */
  readonly backtrace: readonly string[];
  /** The stack of the host's error, where the fault is not the component's. */
  readonly hostStack?: string;
  /** The host refused it: the component saw nothing of it. */
  readonly isRefused: boolean;
  /** What the component did with its buckets, as `TestHost.operations` has it. */
  readonly operations: readonly HostOperation[];
  /** How many more operations there were, between the first and the last ones. */
  readonly omittedOperations: number;
  /** The lines that the component wrote to its standard output while it served the request. */
  readonly stdout: readonly string[];
  /** Those that it wrote to its standard error. */
  readonly stderr: readonly string[];
  /** How much of both was printed before these lines and is not kept, in characters. */
  readonly omittedOutput: number;
}
