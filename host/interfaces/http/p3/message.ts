import { HostFuture } from '../../../engine/async/host-future.ts';
import { HostSource } from '../../../engine/async/host-source.ts';
import type { ReadableFuture } from '../../../engine/async/shared-future.ts';
import type { ReadableStream } from '../../../engine/async/shared-stream.ts';
import type { Fields } from '../fields.ts';
import type { Content, Transmission } from './body.ts';

const empty = { read: (): undefined => undefined };

const dropped: Transmission = {
  tag: 'err',
  val: { tag: 'internal-error', val: 'the message was dropped' },
};

/** What requests and responses of 0.3 have in common: headers, and content that is given away once. */
export abstract class Message {
  readonly fields: Fields;
  #content: Content;
  #result: Transmission | undefined;
  /** Told what becomes of it, where somebody waits for that. */
  #whenSent: ((result: Transmission) => void) | undefined;

  protected constructor(fields: Fields, content: Content) {
    this.fields = fields.freeze();
    this.#content = content;
  }

  getHeaders(): Fields {
    return this.fields.clone().freeze();
  }

  /** A future of what becomes of the message. */
  protected transmission(): ReadableFuture {
    return new HostFuture(
      () =>
        this.#result ??
        new Promise<Transmission>((resolve) => {
          this.#whenSent = resolve;
        }),
    );
  }

  /** Host side: what became of it. */
  sent(result: Transmission): void {
    this.#result ??= result;
    this.#whenSent?.(this.#result);
  }

  /** Host side: the content, which is somebody else's from now on. */
  takeContent(): Content {
    return this.#content;
  }

  /** `consume-body`; the guest tells by `result` what it made of the message. */
  protected consume(result: ReadableFuture): [ReadableStream, ReadableFuture] {
    result.drop();
    const { stream, trailers } = this.#content;
    this.fields[Symbol.dispose]();
    return [stream ?? new HostSource(empty), trailers];
  }

  [Symbol.dispose](): void {
    this.fields[Symbol.dispose]();
    this.#content.stream?.drop();
    this.#content.trailers.drop();
    this.sent(dropped);
  }
}
