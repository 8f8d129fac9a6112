import type { FaultSpec } from '../guest/interception/fault.ts';
import type { Fault } from './fault.ts';
import { faultSpec } from './fault-spec.ts';

/** A fault that was added. */
export interface AddedFault extends Disposable {
  /** How often it has happened. */
  readonly hits: number;
  /** It happens no more. */
  remove(): void;
}

/** What goes wrong between the component and its stores. What a test does with a bucket itself is left alone. */
export class Faults {
  readonly #specs = new Map<number, FaultSpec>();
  readonly #hits = new Map<number, number>();
  readonly #send: (specs: readonly FaultSpec[]) => void;
  #last = 0;

  constructor(send: (specs: readonly FaultSpec[]) => void) {
    this.#send = send;
  }

  /** Adds a fault; of several that match an operation, all happen. Throws a `HostError` for one that is none. */
  add(fault: Fault): AddedFault {
    this.#last += 1;
    const id = this.#last;
    this.#specs.set(id, faultSpec(fault, id));
    this.#hits.set(id, 0);
    this.#tell();
    const hitsOf = (): number => this.#hits.get(id) ?? 0;
    const remove = (): void => {
      if (this.#specs.delete(id)) this.#tell();
    };
    return {
      get hits() {
        return hitsOf();
      },
      remove,
      [Symbol.dispose]: remove,
    };
  }

  /** Cuts the component off from its stores, or one bucket's, until the fault is removed: everything fails, opening too. */
  partition({ bucket, delay }: Pick<Fault, 'bucket' | 'delay'> = {}): AddedFault {
    const common = {
      error: 'other',
      message: 'the store can not be reached (a partition of the test)',
      ...(bucket === undefined ? {} : { bucket }),
      ...(delay === undefined ? {} : { delay }),
    } as const;
    const parts = [this.add({ ...common, op: 'open' }), this.add(common)];
    const remove = (): void => {
      for (const part of parts) part.remove();
    };
    return {
      get hits() {
        return parts.reduce((sum, { hits }) => sum + hits, 0);
      },
      remove,
      [Symbol.dispose]: remove,
    };
  }

  /** Removes all of them. */
  clear(): void {
    if (this.#specs.size === 0) return;
    this.#specs.clear();
    this.#tell();
  }

  /** A fault has happened; the host tells. */
  hit(id: number): void {
    this.#hits.set(id, (this.#hits.get(id) ?? 0) + 1);
  }

  #tell(): void {
    this.#send([...this.#specs.values()]);
  }
}
