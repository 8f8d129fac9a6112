/** Answers a request of a component, as a handler of `fetch` does. */
export type OutgoingHandler = (request: Request) => Response | Promise<Response>;

/** An answer that needs no function. */
export interface OutgoingAnswer {
  /** Default 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text, or what is sent as JSON. */
  readonly body?: string | Uint8Array;
  readonly json?: unknown;
}

/** When, how often and how badly a rule answers. */
export interface OutgoingRuleOptions {
  /** How many requests that match pass to the other rules first. Default 0. */
  readonly after?: number;
  /** How often it answers. Default: as long as it is there. */
  readonly times?: number;
  /** How much later it answers, in the machine's time: `200ms`, or milliseconds. */
  readonly delay?: string | number;
  /** The body breaks off after so many bytes. */
  readonly cutAfter?: number;
}

/** A rule that was added. */
export interface AddedRule extends Disposable {
  /** How many requests it has answered. */
  readonly hits: number;
  /** It answers no more. */
  remove(): void;
}

/** A request that the component sent. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  /** What the host has seen of its body: as much as the rule has read, at most 1 MiB. */
  readonly body: Uint8Array;
  /** The same as text. */
  readonly text: string;
  /** Of the response; undefined where there was none, or none yet. */
  readonly status: number | undefined;
  /** Why there was none. */
  readonly error: string | undefined;
}
