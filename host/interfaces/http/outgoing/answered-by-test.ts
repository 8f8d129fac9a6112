import type { FromHttpWorker, ToHttpWorker } from '../messages.ts';
import { OutgoingError } from './error-codes.ts';
import type { Answering, Outbound, Way } from './outbound.ts';

/** Has requests answered by a test, on the main thread; those that the test lets pass go the other way. */
export class AnsweredByTest {
  readonly #post: (message: FromHttpWorker) => void;
  readonly #asked = new Map<number, AskedRequest>();
  #last = 0;

  constructor(post: (message: FromHttpWorker) => void) {
    this.#post = post;
  }

  /** The way of requests that the test is asked for. @param network the other way */
  before(network: Way): Way {
    return { send: (outbound, answering) => this.#send(outbound, answering, network) };
  }

  #send(outbound: Outbound, answering: Answering, network: Way): () => void {
    this.#last += 1;
    const id = this.#last;
    let giveUp = (): void => {};
    const asked = new AskedRequest(id, outbound, answering, {
      post: (message) => this.#post(message),
      over: () => this.#asked.delete(id),
      pass: () => {
        giveUp = network.send(outbound, answering);
      },
    });
    this.#asked.set(id, asked);
    asked.begin();
    return () => giveUp();
  }

  receive(message: ToHttpWorker): void {
    this.#asked.get(message.id)?.receive(message);
  }
}

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
  readonly #ways: Ways;
  #body: AsyncIterator<Uint8Array> | undefined;
  #isPaused = false;
  /** A part of the response has come, and the next one was not asked for. */
  #isOwed = false;
  #isOver = false;

  constructor(id: number, outbound: Outbound, answering: Answering, ways: Ways) {
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

  receive(message: ToHttpWorker): void {
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
        this.#answering.end([]);
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
    if (next === undefined || next.done === true) this.#ways.post({ type: 'end', id });
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
