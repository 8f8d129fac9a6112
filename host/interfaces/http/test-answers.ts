import type { AskedRequest, FromHttpWorker, ToHttpWorker } from './messages.ts';
import type { ErrorCode } from './response-sink.ts';

/** The most of a body that is sent in one message, in bytes. */
const mostAtOnce = 64 * 1024;

/** What a test answers a request with: a response, an error, or that the request goes to the network. */
export type TestAnswer =
  | {
      readonly status: number;
      /** Names and Latin-1 values in turn. */
      readonly headers: readonly string[];
      /** What it throws, the body breaks off with. */
      readonly body: AsyncIterable<Uint8Array> | undefined;
    }
  | TestFailure
  | 'pass';

/** An error of a test in the place of a response, or of the rest of its body. */
export class TestFailure extends Error {
  override readonly name = 'TestFailure';
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
) => Promise<TestAnswer>;

/** The requests of one worker that a test answers. */
export class TestAnswers {
  readonly #post: (message: ToHttpWorker) => void;
  readonly #answer: AnswerRequest;
  readonly #open = new Map<number, OpenAnswer>();

  constructor(post: (message: ToHttpWorker) => void, answer: AnswerRequest) {
    this.#post = post;
    this.#answer = answer;
  }

  receive(message: FromHttpWorker): void {
    const { id } = message;
    if (message.type === 'ask') {
      const open = new OpenAnswer(message.asked.hasBody ? () => this.#post({ type: 'pull', id }) : undefined);
      this.#open.set(id, open);
      this.#begin(id, open, message.asked).catch((thrown: unknown) => this.#fail(id, thrown));
      return;
    }
    const open = this.#open.get(id);
    if (open === undefined) return;
    switch (message.type) {
      case 'chunk':
        open.requestBody?.enqueue(message.bytes);
        return;
      case 'end':
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

  async #begin(id: number, open: OpenAnswer, asked: AskedRequest): Promise<void> {
    const answer = await this.#answer(asked, open.stream, open.signal);
    if (!this.#open.has(id)) return;
    if (answer === 'pass') {
      this.#open.delete(id);
      this.#post({ type: 'pass', id });
      return;
    }
    if (answer instanceof TestFailure) throw answer;
    open.body = answer.body?.[Symbol.asyncIterator]();
    this.#post({ type: 'head', id, status: answer.status, headers: answer.headers });
  }

  async #next(id: number, open: OpenAnswer): Promise<void> {
    const chunk = open.rest ?? (await open.body?.next())?.value;
    if (!this.#open.has(id)) return;
    if (chunk === undefined) {
      this.#open.delete(id);
      this.#post({ type: 'end', id });
      return;
    }
    open.rest = chunk.length > mostAtOnce ? chunk.subarray(mostAtOnce) : undefined;
    this.#post({ type: 'chunk', id, bytes: chunk.slice(0, mostAtOnce) });
  }

  #fail(id: number, thrown: unknown): void {
    if (!this.#open.delete(id)) return;
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    const code = thrown instanceof TestFailure ? thrown.code : ({ tag: 'internal-error', val: why } as const);
    this.#post({ type: 'fail', id, code, why });
  }
}

/** One of them. */
class OpenAnswer {
  readonly stream: ReadableStream<Uint8Array> | undefined;
  readonly #leaving = new AbortController();
  requestBody: ReadableStreamDefaultController<Uint8Array> | undefined;
  body: AsyncIterator<Uint8Array> | undefined;
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
