/** A request that a component sent, as tests, `--json` and the inspector's API have it: the fields of its record. */
export interface OutgoingOperation {
  /** `wasi:http`. */
  readonly interface: string;
  readonly op: 'send';
  readonly url: string;
  readonly method: string;
  /** Of the response; absent where there was none. */
  readonly status?: number | undefined;
  /** Of the response's body, in bytes. */
  readonly size?: number | undefined;
  /** Of its span; absent where nobody traces. */
  readonly span?: string | undefined;
  /** The case of the error-code and why, where it failed. */
  readonly error?: string | undefined;
  /** From the moment at which the guest got the request, in milliseconds. */
  readonly start: number;
  readonly milliseconds: number;
}
