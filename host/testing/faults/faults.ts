import { randomUUID } from 'node:crypto';
import { blobOperationNames } from '../../interfaces/blobstore/operations.ts';
import type { FaultSpec } from '../../runtime/fault-injection/fault.ts';
import { FaultCounts } from '../../runtime/fault-injection/fault-counts.ts';
import type { Fault, StoreFault } from './fault.ts';
import { faultSpec, partitionMap } from './fault-spec.ts';

/** A fault that was added. */
export interface AddedFault extends Disposable {
  /** How often it has happened. */
  readonly hits: number;
  /** How often its pattern took so long that nobody can tell whether it is to happen; the component got an error then. */
  readonly undecided: number;
  /** It happens no more. */
  remove(): void;
}

/** What goes wrong between the component and its stores. What a test does with a bucket itself is left alone. */
export class Faults {
  readonly #specs = new Map<number, FaultSpec>();
  readonly #seed: string;
  readonly #send: (specs: readonly FaultSpec[]) => void;
  readonly #requireOpen: () => void;
  #last = 0;

  /**
   * @param seed decides where a probability or a range does; default: chance
   * @param requireOpen throws where the host is closed
   *
   * @internal
   */
  constructor(
    seed: number | string | undefined,
    send: (specs: readonly FaultSpec[]) => void,
    requireOpen: () => void,
  ) {
    this.#seed = seed === undefined ? randomUUID() : String(seed);
    this.#send = send;
    this.#requireOpen = requireOpen;
  }

  /** Adds a fault; of several that match an operation, all happen. Throws a `HostError` for one that is none. */
  add(fault: Fault): AddedFault {
    this.#requireOpen();
    const checked = faultSpec(fault);
    this.#last += 1;
    const id = this.#last;
    const counts = new FaultCounts();
    const spec = { ...checked, seed: `${this.#seed} ${id}`, counts: counts.buffer };
    this.#specs.set(id, spec);
    this.#tell();
    const remove = (): void => {
      // After a reset, its place may be that of another one.
      if (this.#specs.get(id) !== spec) return;
      this.#specs.delete(id);
      this.#tell();
    };
    return {
      get hits() {
        return counts.happened;
      },
      get undecided() {
        return counts.undecided;
      },
      remove,
      [Symbol.dispose]: remove,
    };
  }

  /** Cuts the component off from its stores, or one bucket's or container's, until the fault is removed: everything fails, opening too. */
  partition(cut: Pick<StoreFault, 'label' | 'bucket' | 'container' | 'delay'> = {}): AddedFault {
    const message = 'the store can not be reached (a partition of the test)';
    const { bucket, container, ...others }: Partial<StoreFault> = partitionMap(cut);
    const common: StoreFault = { ...others, error: 'other', message };
    const ofKeys: StoreFault = bucket === undefined ? common : { ...common, bucket };
    const ofBlobs: StoreFault = container === undefined ? common : { ...common, container };
    const parts = [
      ...(container === undefined ? [this.add({ ...ofKeys, op: 'open' }), this.add(ofKeys)] : []),
      ...(bucket === undefined ? [this.add({ ...ofBlobs, op: blobOperationNames })] : []),
    ];
    const remove = (): void => {
      for (const part of parts) part.remove();
    };
    return {
      get hits() {
        return parts.reduce((sum, { hits }) => sum + hits, 0);
      },
      undecided: 0,
      remove,
      [Symbol.dispose]: remove,
    };
  }

  /** Removes all of them. Those that are added later decide by chance what those after the start would have. */
  clear(): void {
    this.#requireOpen();
    this.#last = 0;
    if (this.#specs.size === 0) return;
    this.#specs.clear();
    this.#tell();
  }

  #tell(): void {
    this.#send([...this.#specs.values()]);
  }
}
