import type { Bucket, KeyPage, MaybePromise } from '../../backends/backend.ts';
import type { Call, Interceptor } from '../../wasi/keyvalue/interceptor.ts';
import type { RandomSource } from '../../wasi/random.ts';
import type { FromGuest } from '../protocol.ts';
import { Faults } from './faults.ts';
import { Gate } from './gate.ts';
import { SmallPages } from './small-pages.ts';

/** What a test puts between guests and stores: first the gate, then the faults. */
export class Interception implements Interceptor {
  readonly gate: Gate;
  readonly faults: Faults;
  readonly #pages = new SmallPages();

  constructor(random: RandomSource, post: (message: FromGuest) => void) {
    this.gate = new Gate(({ request, op, bucket, key }) =>
      post({ type: 'gate', id: request, op, bucket, key }),
    );
    this.faults = new Faults(random, (fault) => post({ type: 'fault', fault }));
  }

  get isActive(): boolean {
    return this.gate.isShut || this.faults.areThere;
  }

  async make<T>(call: Call, action: () => MaybePromise<T>): Promise<T> {
    await this.gate.wait(call);
    return await this.faults.make(call, action);
  }

  page(bucket: string, store: Bucket, cursor: string | undefined): MaybePromise<KeyPage> {
    return this.#pages.page(store, cursor, this.faults.pageSizeOf(bucket));
  }
}
