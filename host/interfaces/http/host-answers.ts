import type { AskedRequest, FromHttpWorker, InnerTarget, ToHttpWorker } from './messages.ts';
import type { ErrorCode } from './response-sink.ts';

/** The most of a body that is sent in one message, in bytes. */
const mostAtOnce = 64 * 1024;

/** What a request is answered with: a response, an error, or that it goes to the network. */
export type HostAnswer =
  | {
      readonly status: number;
      /** Names and Latin-1 values in turn. */
      readonly headers: readonly string[];
      /** What it throws, the body breaks off with. */
      readonly body: AsyncIterable<Uint8Array> | undefined;
      /** Asked for behind the body: names and Latin-1 values in turn. */
      readonly trailers?: () => readonly string[];
    }
  | AnswerFailure
  | 'pass';

/** An error in the place of a response, or of the rest of its body. */
export class AnswerFailure extends Error {
  override readonly name = 'AnswerFailure';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Answers a request. What it throws is the error that the guest gets.
 *
 * @param body that of the request, which the guest sends as it is read; undefined where it has none
 * @param signal aborted when the guest does not want the response any more
 */
export type AnswerRequest = (
  asked: AskedRequest,
  body: ReadableStream<Uint8Array> | undefined,
  signal: AbortSignal,
) => Promise<HostAnswer>;

/** The same for a request to the host itself. @param trailers of the request, once its body has been read */
export type AnswerInnerRequest = (
  inner: InnerTarget,
  ...request: [...Parameters<AnswerRequest>, trailers: () => readonly string[]]
) => Promise<HostAnswer>;

/** The requests of one worker that are answered on the main thread. */
export class HostAnswers {
  readonly #post: (message: ToHttpWorker) => void;
  readonly #answer: AnswerRequest;
  readonly #answerInner: AnswerInnerRequest;
  readonly #open = new Map<number, OpenAnswer>();

  constructor(post: (message: ToHttpWorker) => void, answer: AnswerRequest, answerInner: AnswerInnerRequest) {
    this.#post = post;
    this.#answer = answer;
    this.#answerInner = answerInner;
  }

  receive(message: FromHttpWorker): void {
    const { id } = message;
    if (message.type === 'ask') {
      const open = new OpenAnswer(message.asked.hasBody ? () => this.#post({ type: 'pull', id }) : undefined);
      this.#open.set(id, open);
      this.#begin(id, open, message).catch((thrown: unknown) => this.#fail(id, thrown));
      return;
    }
    const open = this.#open.get(id);
    if (open === undefined) return;
    switch (message.type) {
      case 'chunk':
        open.requestBody?.enqueue(message.bytes);
        return;
      case 'end':
        open.requestTrailers = message.trailers;
        open.requestBody?.close();
        open.requestBody = undefined;
        return;
      case 'drop':
        this.#open.delete(id);
        open.drop();
        return;
      case 'pull':
        this.#next(id, open).catch((thrown: unknown) => this.#fail(id, thrown));
        return;
    }
  }

  /** The worker has ended. */
  close(): void {
    for (const open of this.#open.values()) open.drop();
    this.#open.clear();
  }

  async #begin(
    id: number,
    open: OpenAnswer,
    { asked, inner }: Extract<FromHttpWorker, { type: 'ask' }>,
  ): Promise<void> {
    const request = [asked, open.stream, open.signal] as const;
    const answer = await (inner === undefined
      ? this.#answer(...request)
      : this.#answerInner(inner, ...request, () => open.requestTrailers));
    if (!this.#open.has(id)) return;
    if (answer === 'pass') {
      this.#open.delete(id);
      this.#post({ type: 'pass', id });
      return;
    }
    if (answer instanceof AnswerFailure) throw answer;
    open.body = answer.body?.[Symbol.asyncIterator]();
    open.trailers = answer.trailers;
    this.#post({ type: 'head', id, status: answer.status, headers: answer.headers });
  }

  async #next(id: number, open: OpenAnswer): Promise<void> {
    const chunk = open.rest ?? (await open.body?.next())?.value;
    if (!this.#open.has(id)) return;
    if (chunk === undefined) {
      this.#open.delete(id);
      this.#post({ type: 'end', id, trailers: open.trailers?.() ?? [] });
      return;
    }
    open.rest = chunk.length > mostAtOnce ? chunk.subarray(mostAtOnce) : undefined;
    this.#post({ type: 'chunk', id, bytes: chunk.slice(0, mostAtOnce) });
  }

  #fail(id: number, thrown: unknown): void {
    if (!this.#open.delete(id)) return;
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    const code =
      thrown instanceof AnswerFailure ? thrown.code : ({ tag: 'internal-error', val: why } as const);
    this.#post({ type: 'fail', id, code, why });
  }
}

/** One of them. */
class OpenAnswer {
  readonly stream: ReadableStream<Uint8Array> | undefined;
  readonly #leaving = new AbortController();
  requestBody: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** Known once its body has ended. */
  requestTrailers: readonly string[] = [];
  body: AsyncIterator<Uint8Array> | undefined;
  trailers: (() => readonly string[]) | undefined;
  /** What of the last part was too much for one message. */
  rest: Uint8Array | undefined;

  /** @param pull asks for a part of the request's body; absent where it has none */
  constructor(pull: (() => void) | undefined) {
    if (pull === undefined) return;
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.requestBody = controller;
        },
        pull: () => pull(),
        // Whoever answers reads no more of it.
        cancel: () => {
          this.requestBody = undefined;
        },
      },
      { highWaterMark: 0 },
    );
  }

  get signal(): AbortSignal {
    return this.#leaving.signal;
  }

  drop(): void {
    const reason = new Error('the component does not want it any more');
    this.#leaving.abort(reason);
    this.requestBody?.error(reason);
    this.requestBody = undefined;
    this.body?.return?.()?.catch(() => {});
  }
}
