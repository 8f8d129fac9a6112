import type { FromHttpWorker, InnerTarget, ToHttpWorker } from '../messages.ts';
import { OutgoingError } from './error-codes.ts';
import type { Answering, Outbound, Way } from './outbound.ts';

/** Has requests answered on the main thread: by a component of the host, or by a test, and those that it lets pass go to the network. */
export class AnsweredByHost {
  readonly #post: (message: FromHttpWorker) => void;
  readonly #asked = new Map<number, AskedRequest>();
  #last = 0;

  constructor(post: (message: FromHttpWorker) => void) {
    this.#post = post;
  }

  /** The way of requests that the test is asked for. @param network the other way */
  before(network: Way): Way {
    return { send: (outbound, answering) => this.#send(outbound, answering, undefined, network) };
  }

  /** Sends a request to a component of the host. */
  sendInner(outbound: Outbound, answering: Answering, inner: InnerTarget): () => void {
    return this.#send(outbound, answering, inner, undefined);
  }

  #send(
    outbound: Outbound,
    answering: Answering,
    inner: InnerTarget | undefined,
    network: Way | undefined,
  ): () => void {
    this.#last += 1;
    const id = this.#last;
    let giveUp = (): void => {};
    const asked = new AskedRequest(id, outbound, answering, inner, {
      post: (message) => this.#post(message),
      over: () => this.#asked.delete(id),
      pass: () => {
        if (network !== undefined) giveUp = network.send(outbound, answering);
      },
    });
    this.#asked.set(id, asked);
    asked.begin();
    return () => giveUp();
  }

  receive(message: ToHttpAsker): void {
    this.#asked.get(message.id)?.receive(message);
  }
}

/** What is about one request. */
export type ToHttpAsker = Exclude<ToHttpWorker, { readonly type: 'own' }>;

interface Ways {
  post(message: FromHttpWorker): void;
  over(): void;
  /** It goes to the network. */
  pass(): void;
}

class AskedRequest {
  readonly #id: number;
  readonly #outbound: Outbound;
  readonly #answering: Answering;
  readonly #inner: InnerTarget | undefined;
  readonly #ways: Ways;
  #body: AsyncIterator<Uint8Array> | undefined;
  #isPaused = false;
  /** A part of the response has come, and the next one was not asked for. */
  #isOwed = false;
  #isOver = false;

  constructor(
    id: number,
    outbound: Outbound,
    answering: Answering,
    inner: InnerTarget | undefined,
    ways: Ways,
  ) {
    this.#inner = inner;
    this.#id = id;
    this.#outbound = outbound;
    this.#answering = answering;
    this.#ways = ways;
  }

  begin(): void {
    const { destination, method, headers, body } = this.#outbound;
    const url = `${destination.origin}${destination.path}`;
    this.#ways.post({
      type: 'ask',
      id: this.#id,
      asked: { method, url, headers, hasBody: body !== undefined },
      inner: this.#inner,
    });
    this.#answering.sent({
      pause: () => {
        this.#isPaused = true;
      },
      resume: () => {
        this.#isPaused = false;
        this.#pull();
      },
      abort: () => this.#drop(),
    });
  }

  receive(message: ToHttpAsker): void {
    switch (message.type) {
      case 'pass':
        this.#end();
        this.#ways.pass();
        return;
      case 'pull':
        this.#sendChunk().catch(() => this.#drop());
        return;
      case 'head':
        this.#answering.head(message.status, message.headers);
        this.#isOwed = true;
        this.#pull();
        return;
      case 'chunk':
        this.#isOwed = true;
        this.#answering.data(message.bytes);
        this.#pull();
        return;
      case 'end':
        this.#end();
        this.#answering.end(message.trailers);
        return;
      case 'fail':
        this.#end();
        this.#answering.fail(new OutgoingError(message.code, message.why));
        return;
    }
  }

  #pull(): void {
    if (this.#isPaused || !this.#isOwed || this.#isOver) return;
    this.#isOwed = false;
    this.#ways.post({ type: 'pull', id: this.#id });
  }

  async #sendChunk(): Promise<void> {
    this.#body ??= this.#outbound.body?.[Symbol.asyncIterator]();
    const next = await this.#body?.next();
    if (this.#isOver) return;
    const id = this.#id;
    if (next === undefined || next.done === true)
      this.#ways.post({ type: 'end', id, trailers: this.#outbound.body?.trailers ?? [] });
    else this.#ways.post({ type: 'chunk', id, bytes: next.value });
  }

  #drop(): void {
    if (this.#isOver) return;
    this.#end();
    this.#ways.post({ type: 'drop', id: this.#id });
  }

  #end(): void {
    this.#isOver = true;
    this.#ways.over();
  }
}
