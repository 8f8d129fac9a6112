import { deepStack, shallowStack } from '../../engine/guest-stack.ts';
import { pageSize } from '../../engine/reset/memory-limit.ts';
import type { Limits } from '../../settings/limits.ts';
import type { ReceivedOutput, ToWorker, WorkerSetup } from '../ipc/protocol.ts';
import { shareOfLarge } from '../worker/memory-budget.ts';
import { PooledWorker } from './pooled-worker.ts';
import { receive, type WorkerOwner } from './worker-messages.ts';
import { WorkerThread } from './worker-thread.ts';

/** What of a thread's setup is the same for all threads that run a component. */
export type ComponentSetup = Omit<
  WorkerSetup,
  'control' | 'generation' | 'channel' | 'changes' | 'codeCache' | 'stackSize' | 'memory'
>;

/** A component that threads are to run. */
export interface ComponentToRun {
  readonly setup: ComponentSetup;
}

/** Who is told of what a worker does besides sending messages. */
export interface WorkerMakerOwner extends WorkerOwner {
  ready(worker: PooledWorker): void;
  answer(worker: PooledWorker, output: ReceivedOutput): void;
  crashed(worker: PooledWorker, error: unknown): void;
}

/** Starts the threads of a host. */
export class WorkerMaker {
  readonly #limits: Pick<Limits, 'memory' | 'totalMemory'>;
  readonly #owner: WorkerMakerOwner;
  /** How many pages of memory the instances of all threads have. */
  readonly #pages = new Int32Array(new SharedArrayBuffer(4));
  #generation = 0;
  #stackSize = shallowStack;
  /** What a thread that is started later has to be told too. */
  faults: ToWorker | undefined;

  constructor(limits: Pick<Limits, 'memory' | 'totalMemory'>, owner: WorkerMakerOwner) {
    this.#limits = limits;
    this.#owner = owner;
  }

  make({ setup }: ComponentToRun): PooledWorker {
    this.#generation += 1;
    const { memory, totalMemory } = this.#limits;
    const setupOfThread = {
      ...setup,
      memory: { memory, totalMemory, used: this.#pages.buffer },
      generation: this.#generation,
      stackSize: this.#stackSize,
    };
    const owner = this.#owner;
    const worker = new PooledWorker(
      (started) =>
        new WorkerThread(setupOfThread, {
          change: (change) => owner.memory.apply(change),
          fault: (error) => owner.events.fault(error),
          ready: () => {
            started.isReady = true;
            owner.ready(started);
          },
          output: (output) => owner.answer(started, output),
          message: (message) => receive(started, message, owner),
          crash: (error) => owner.crashed(started, error),
        }),
    );
    if (this.faults !== undefined) worker.thread.post(this.faults);
    return worker;
  }

  /** Whether instances for other requests would find the memory that they begin with. */
  get hasMemory(): boolean {
    return Atomics.load(this.#pages, 0) * pageSize < this.#limits.totalMemory * shareOfLarge;
  }

  /** A worker's thread has ended, and with it its instances. */
  ended(worker: PooledWorker): void {
    Atomics.sub(this.#pages, 0, worker.thread.control.memoryPages);
  }

  /** Threads that are started later have more of a stack. Answers false where they have already. */
  deepen(): boolean {
    if (this.#stackSize === deepStack) return false;
    this.#stackSize = deepStack;
    return true;
  }
}
