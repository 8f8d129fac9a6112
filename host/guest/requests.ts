import { IncomingRequest } from '../wasi/http/incoming.ts';
import { ResponseOutparam } from '../wasi/http/outgoing.ts';
import { Instance, type Shared } from './instance.ts';
import type { FromGuest, ToGuest } from './protocol.ts';
import { RequestBody } from './request-body.ts';
import { Response } from './response.ts';
import { describeTrap, GuestAbort } from './trap.ts';

interface Running {
  readonly body: RequestBody;
  readonly response: Response;
  readonly aborted: PromiseWithResolvers<never>;
  instance?: Instance;
}

type Post = (message: FromGuest, transfer?: ArrayBuffer[]) => void;

/** The requests that a guest thread has begun, each in an instance. */
export class Requests {
  readonly #shared: Shared;
  readonly #post: Post;
  readonly #running = new Map<number, Running>();
  /** Instances to use again, last in first out. */
  readonly #idle: Instance[] = [];

  constructor(shared: Shared, post: Post) {
    this.#shared = shared;
    this.#post = post;
  }

  begin({ id, head, body: whole }: Extract<ToGuest, { type: 'request' }>): void {
    const onRead = (bytes: number) => {
      if (whole === 'stream') this.#post({ type: 'credit', id, bytes });
    };
    const body = new RequestBody(whole, onRead);
    const response = new Response(id, this.#post);
    const running: Running = { body, response, aborted: Promise.withResolvers() };
    this.#running.set(id, running);
    void this.#run(id, running, new IncomingRequest(head, body));
  }

  get(id: number): Running | undefined {
    return this.#running.get(id);
  }

  /** The client went away or its time is up: streams end, and the guest is unwound where it waits. */
  abort(id: number, reason: string): void {
    const running = this.#running.get(id);
    if (running === undefined) return;
    const abort = new GuestAbort(reason);
    running.body.fail(reason);
    running.body.abort(abort);
    running.response.clientGone(reason);
    running.response.abort(abort);
    running.instance?.lifetime.end(abort);
    running.aborted.reject(abort);
  }

  async #run(id: number, running: Running, request: IncomingRequest): Promise<void> {
    const { response } = running;
    try {
      const instance = this.#idle.pop() ?? new Instance(id, this.#shared);
      running.instance = instance;
      // The guest is given up here too: jco may swallow the rejection of what it waits for. Of the same family:
      // https://github.com/bytecodealliance/jco/issues/1859
      const handled = instance.handle(id, request, new ResponseOutparam(response));
      await Promise.race([handled, running.aborted.promise]);
      response.conclude({ operations: instance.takeOperations() });
      if (this.#shared.setup.instances === 'reuse' || instance.reset()) this.#idle.push(instance);
    } catch (thrown) {
      const operations = running.instance?.takeOperations() ?? [];
      if (thrown instanceof GuestAbort) response.conclude({ operations });
      else response.conclude({ operations, trap: describeTrap(thrown) });
    } finally {
      this.#running.delete(id);
      running.body.discard();
    }
  }
}
