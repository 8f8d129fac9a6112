import type { PeerPart, PoolPart, WorkerPeer } from '../../runtime/interface.ts';
import type { SharedHttp } from './http-config.ts';
import type { FromHttpWorker } from './messages.ts';
import { giveBack, newCounts } from './outgoing/connection-slots.ts';
import { type AnswerRequest, TestAnswers } from './test-answers.ts';

/** `wasi:http` beside the workers of a host: how many connections they have together, and what a test answers. */
export class HttpPool implements PoolPart {
  readonly #counts = newCounts();
  /** Answers the requests of a host that is tested; all others send them themselves. */
  answer: AnswerRequest = async () => 'pass';

  open(worker: WorkerPeer): PeerPart {
    const shared: SharedHttp = { host: this.#counts, thread: newCounts() };
    const answers = new TestAnswers(
      (message) => worker.post(message),
      (asked, body, signal) => this.answer(asked, body, signal),
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
