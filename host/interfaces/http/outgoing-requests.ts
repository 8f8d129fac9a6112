import nodeModule from 'node:module';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { WorkerContext } from '../../runtime/interface.ts';
import type { Guest } from '../../runtime/worker/guest.ts';
import { reasonOf } from '../../shared/host-error.ts';
import type { GuestRequest } from './guest-request.ts';
import type { HttpConfig, Reach, SharedHttp } from './http-config.ts';
import type { OwnPlaces, ToHttpWorker } from './messages.ts';
import type { Sender } from './outgoing/sender.ts';
import { OutgoingCall } from './outgoing-call.ts';

/** Sends requests of a thread's guests. What that takes is loaded with the first one. */
export class OutgoingRequests {
  readonly #config: HttpConfig;
  readonly #worker: WorkerContext<SharedHttp | undefined>;
  #loading: Promise<Sender> | undefined;
  #sender: Sender | undefined;
  #own: OwnPlaces;

  constructor(config: HttpConfig, worker: WorkerContext<SharedHttp | undefined>) {
    this.#config = config;
    this.#worker = worker;
    this.#own = worker.shared?.own ?? { names: [], origins: [] };
  }

  /** @param reach whom the component that sends it may send requests to */
  send(guest: Guest, reach: Reach, request: GuestRequest): OutgoingCall {
    const call = new OutgoingCall(guest);
    if (this.#sender !== undefined) {
      this.#sender.send(reach, request, call);
      return call;
    }
    this.#load().then(
      (sender) => sender.send(reach, request, call),
      (error: unknown) => {
        call.settle({ tag: 'err', val: { tag: 'internal-error', val: reasonOf(error) } });
        call.over();
      },
    );
    return call;
  }

  /** The main thread says something. */
  receive(message: unknown): void {
    const said = message as ToHttpWorker;
    if (said.type === 'own') this.#own = said.own;
    this.#sender?.receive(said);
  }

  #load(): Promise<Sender> {
    this.#loading ??= loadSender().then((Sender) => {
      this.#sender = new Sender(this.#config, this.#worker, this.#own);
      return this.#sender;
    });
    return this.#loading;
  }
}

/** In pieces, between which the thread does what else there is, so that it never seems to be busy. */
async function loadSender(): Promise<typeof Sender> {
  await import('undici/lib/dispatcher/client.js');
  await nextTurn();
  await Promise.all([import('node:tls'), import('node:http2')]);
  await nextTurn();
  const { Sender: Loaded } = await import('./outgoing/sender.ts');
  // The next thread, and the next start, load it in a quarter of the time.
  setImmediate(() => nodeModule.flushCompileCache());
  return Loaded;
}
