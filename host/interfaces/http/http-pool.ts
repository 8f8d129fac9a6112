import type { PeerPart, PoolContext, PoolPart, WorkerPeer } from '../../runtime/interface.ts';
import type { Invocation } from '../../runtime/worker-pool/invocation.ts';
import { AnswerFailure, type AnswerRequest, type HostAnswer, HostAnswers } from './host-answers.ts';
import type { SharedHttp } from './http-config.ts';
import type { AskedRequest, FromHttpWorker, OwnPlaces, ToHttpWorker } from './messages.ts';
import { giveBack, newCounts } from './outgoing/connection-slots.ts';

/** A request of a component to the host itself. */
export interface InnerRequest {
  readonly asked: AskedRequest;
  /** The component that it names; absent where it goes to an address of the host. */
  readonly component: string | undefined;
  /** What the component serves that sends it, as far as that goes on. */
  readonly parent: Invocation | undefined;
  readonly body: ReadableStream<Uint8Array> | undefined;
  /** Of the request, once its body has been read. */
  readonly trailers: () => readonly string[];
  /** Aborted when the component does not want the response any more. */
  readonly signal: AbortSignal;
}

/** `wasi:http` beside the workers of a host: how many connections they have together, and what is answered without one. */
export class HttpPool implements PoolPart {
  readonly #counts = newCounts();
  readonly #context: PoolContext;
  #own: OwnPlaces = { names: [], origins: [] };
  /** Answers the requests of a host that is tested; all others send them themselves. */
  answer: AnswerRequest = async () => 'pass';
  /** Answers requests to the host itself. */
  answerInner: (request: InnerRequest) => Promise<HostAnswer> = async () => {
    throw new AnswerFailure({ tag: 'destination-unavailable' }, 'the host answers no requests');
  };

  constructor(context: PoolContext) {
    this.#context = context;
  }

  /** What leads to the host itself. */
  get own(): OwnPlaces {
    return this.#own;
  }

  set own(own: OwnPlaces) {
    this.#own = own;
    this.#context.post({ type: 'own', own } satisfies ToHttpWorker);
  }

  open(worker: WorkerPeer): PeerPart {
    const shared: SharedHttp = { host: this.#counts, thread: newCounts(), own: this.#own };
    const answers = new HostAnswers(
      (message) => worker.post(message),
      (asked, body, signal) => this.answer(asked, body, signal),
      ({ component, request }, asked, body, signal, trailers) => {
        const parent = worker.invocation(request);
        return this.answerInner({ asked, component, parent, body, trailers, signal });
      },
    );
    return {
      shared,
      receive: (message) => answers.receive(message as FromHttpWorker),
      end: () => {
        giveBack(shared.host, shared.thread);
        answers.close();
      },
    };
  }
}
