import type { AskedRequest } from '../../interfaces/http/messages.ts';
import type { SentRequest } from './outgoing-rule.ts';

/** How much of a body is kept, in bytes, and how many requests: the last ones. */
const mostBody = 1024 * 1024;
const mostRequests = 10_000;

/** A request that is noted while it is answered. */
export class NotedRequest implements SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  status: number | undefined;
  error: string | undefined;
  readonly #chunks: Uint8Array[] = [];
  #size = 0;

  constructor({ method, url, headers }: AskedRequest) {
    this.method = method;
    this.url = url;
    this.headers = new Headers();
    for (let index = 0; index + 1 < headers.length; index += 2) {
      this.headers.append(headers[index] ?? '', headers[index + 1] ?? '');
    }
  }

  get body(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString();
  }

  /** The body, noted as it is read. */
  noting(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    const note = (chunk: Uint8Array): void => {
      if (this.#size < mostBody) this.#chunks.push(chunk.slice(0, mostBody - this.#size));
      this.#size += chunk.length;
    };
    return body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          note(chunk);
          controller.enqueue(chunk);
        },
      }),
    );
  }
}

/** What a component has sent. */
export class SentRequests {
  #all: NotedRequest[] = [];

  get all(): readonly SentRequest[] {
    return this.#all;
  }

  add(request: NotedRequest): void {
    this.#all.push(request);
    if (this.#all.length > mostRequests) this.#all.shift();
  }

  clear(): void {
    this.#all = [];
  }
}
