import { deepStack } from '../../engine/guest-stack.ts';
import { pageSize } from '../../engine/reset/memory-limit.ts';
import type { HostParts } from '../host-parts.ts';
import type { WorkerSetup } from '../ipc/protocol.ts';
import type { MemoryLimits } from '../limits.ts';
import type { Output } from '../outcome.ts';
import { shareOfLarge } from '../worker/memory-budget.ts';
import type { InterfacePools } from './interface-pools.ts';
import { PooledWorker } from './pooled-worker.ts';
import { receive, type WorkerOwner } from './worker-messages.ts';
import { WorkerThread } from './worker-thread.ts';

/** What of a thread's setup is the same for all threads that run a component. */
export type ComponentSetup = Omit<
  WorkerSetup,
  'control' | 'generation' | 'channel' | 'codeCache' | 'stackSize' | 'memory' | 'interfaces' | 'triggers'
> & {
  /** What the interfaces that the component imports are configured by, by their names. */
  readonly interfaces: Readonly<Record<string, unknown>>;
};

/** A component that threads are to run. */
export interface ComponentToRun {
  readonly setup: ComponentSetup;
}

/** Who is told of what a worker does besides sending messages. */
export interface WorkerMakerOwner extends WorkerOwner {
  ready(worker: PooledWorker): void;
  answer(worker: PooledWorker, output: Output): void;
  crashed(worker: PooledWorker, error: unknown): void;
}

/** Starts the threads of a host. */
export class WorkerMaker {
  readonly #limits: MemoryLimits;
  readonly #owner: WorkerMakerOwner;
  /** How many pages of memory the instances of all threads have. */
  readonly #pages = new Int32Array(new SharedArrayBuffer(4));
  #stackSize: number;
  readonly #parts: HostParts;
  readonly #interfaces: InterfacePools;

  constructor(
    parts: HostParts,
    limits: MemoryLimits,
    stackSize: number,
    interfaces: InterfacePools,
    owner: WorkerMakerOwner,
  ) {
    this.#parts = parts;
    this.#limits = limits;
    this.#stackSize = stackSize;
    this.#interfaces = interfaces;
    this.#owner = owner;
  }

  make({ setup }: ComponentToRun): PooledWorker {
    const { memory, totalMemory } = this.#limits;
    const setupOfThread = {
      ...setup,
      triggers: this.#parts.triggers.map(({ name }) => name),
      memory: { memory, totalMemory, used: this.#pages.buffer },
      generation: this.#interfaces.nextGeneration(),
      stackSize: this.#stackSize,
    };
    const owner = this.#owner;
    return new PooledWorker(
      (opened) =>
        this.#interfaces.open(setup.interfaces, (name) => ({
          post: (message, transfer) => opened.thread.post({ type: 'interface', name, message }, transfer),
          hear: () => opened.thread.hear(),
          invocation: (id) => opened.invocations.get(id),
        })),
      (started) => {
        const { interfaces } = started;
        const full = { ...setupOfThread, interfaces: interfaces.setup };
        return new WorkerThread(this.#parts.workerEntry, full, interfaces.transfer, {
          fault: (error) => owner.events.fault(error),
          ready: () => {
            started.isReady = true;
            owner.ready(started);
          },
          output: (output) => owner.answer(started, output),
          triggerOf: (id) => started.invocations.get(id)?.trigger,
          message: (message) => receive(started, message, owner),
          crash: (error) => owner.crashed(started, error),
        });
      },
    );
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
