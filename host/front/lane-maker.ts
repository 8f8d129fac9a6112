import { pageSize } from '../component/memory-limit.ts';
import type { Limits } from '../config/limits.ts';
import { shareOfLarge } from '../guest/memory-budget.ts';
import type { GuestSetup, ReceivedOutput, ToGuest } from '../guest/protocol.ts';
import { deepStack, shallowStack } from '../guest-stack.ts';
import { GuestThread } from './guest-thread.ts';
import { Lane } from './lane.ts';
import { type LaneOwner, receive } from './lane-messages.ts';

/** What of a thread's setup is the same for all threads that run a component. */
export type ComponentSetup = Omit<
  GuestSetup,
  'control' | 'generation' | 'channel' | 'changes' | 'codeCache' | 'stackSize' | 'memory'
>;

/** A component that threads are to run. */
export interface ComponentToRun {
  readonly setup: ComponentSetup;
}

/** Who is told of what a lane does besides sending messages. */
export interface LaneMakerOwner extends LaneOwner {
  ready(lane: Lane): void;
  answer(lane: Lane, output: ReceivedOutput): void;
  crashed(lane: Lane, error: unknown): void;
}

/** Starts the threads of a host. */
export class LaneMaker {
  readonly #limits: Pick<Limits, 'memory' | 'totalMemory'>;
  readonly #owner: LaneMakerOwner;
  /** How many pages of memory the instances of all threads have. */
  readonly #pages = new Int32Array(new SharedArrayBuffer(4));
  #generation = 0;
  #stackSize = shallowStack;
  /** What a thread that is started later has to be told too. */
  faults: ToGuest | undefined;

  constructor(limits: Pick<Limits, 'memory' | 'totalMemory'>, owner: LaneMakerOwner) {
    this.#limits = limits;
    this.#owner = owner;
  }

  make({ setup }: ComponentToRun): Lane {
    this.#generation += 1;
    const { memory, totalMemory } = this.#limits;
    const setupOfThread = {
      ...setup,
      memory: { memory, totalMemory, used: this.#pages.buffer },
      generation: this.#generation,
      stackSize: this.#stackSize,
    };
    const owner = this.#owner;
    const lane = new Lane(
      (started) =>
        new GuestThread(setupOfThread, {
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
    if (this.faults !== undefined) lane.thread.post(this.faults);
    return lane;
  }

  /** Whether instances for other requests would find the memory that they begin with. */
  get hasMemory(): boolean {
    return Atomics.load(this.#pages, 0) * pageSize < this.#limits.totalMemory * shareOfLarge;
  }

  /** A lane's thread has ended, and with it its instances. */
  ended(lane: Lane): void {
    Atomics.sub(this.#pages, 0, lane.thread.control.memoryPages);
  }

  /** Threads that are started later have more of a stack. Answers false where they have already. */
  deepen(): boolean {
    if (this.#stackSize === deepStack) return false;
    this.#stackSize = deepStack;
    return true;
  }
}
