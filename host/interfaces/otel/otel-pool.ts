import type { PeerPart, PoolPart, WorkerPeer } from '../../runtime/interface.ts';
import type { GuestSignal } from './guest-signal.ts';
import type { FromOtelWorker, ToOtelWorker } from './messages.ts';

/** What components tell through `wasi:otel`, on the main thread. */
export class OtelPool implements PoolPart {
  /** Takes it; absent where nobody does. @param size see `sizeOfSignal` @param dropped how much more of it was left out before */
  onSignal: ((signal: GuestSignal, size: number, dropped: number) => void) | undefined;

  open(worker: WorkerPeer): PeerPart {
    return {
      receive: (message) => {
        const { signal, size, dropped } = message as FromOtelWorker;
        this.onSignal?.(signal, size, dropped);
        worker.post({ taken: size } satisfies ToOtelWorker);
      },
    };
  }
}
