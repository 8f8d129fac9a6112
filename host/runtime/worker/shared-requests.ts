import type { InstanceSharing } from '../ipc/protocol.ts';
import { RequestTable } from '../request-table.ts';
import type { Shared } from './instance.ts';
import type { WorkerRequests } from './requests.ts';
import { SharedCall } from './shared-call.ts';
import { SharedInstance } from './shared-instance.ts';
import type { GuestCall } from './worker-trigger.ts';

/** The requests that a worker has begun, several in one instance at once. Source: `wasmtime serve`, for components of WASI 0.3. */
export class SharedRequests implements WorkerRequests {
  readonly #shared: Shared;
  readonly #sharing: InstanceSharing;
  readonly #running = new RequestTable<SharedCall>();
  /** All that are not retired. */
  readonly #instances = new Set<SharedInstance>();
  /** Those of them that take another request, last in first out. */
  readonly #open: SharedInstance[] = [];

  constructor(shared: Shared, sharing: InstanceSharing) {
    this.#shared = shared;
    this.#sharing = sharing;
  }

  begin(call: GuestCall): undefined {
    const { id } = call;
    const { interceptor } = this.#shared;
    const running = new SharedCall(call, this.#shared, () => {
      this.#running.delete(id);
      interceptor?.ended(id);
    });
    this.#running.add(id, running);
    interceptor?.began(id);
    let instance: SharedInstance;
    try {
      instance =
        this.#open.at(-1) ??
        new SharedInstance(running, this.#shared, this.#changed, this.#sharing.isService);
    } catch (thrown) {
      running.stopped(thrown, true);
      return;
    }
    this.#instances.add(instance);
    instance.run(running);
  }

  forgetInstances(): void {
    for (const instance of [...this.#instances]) instance.retire();
  }

  callOf(id: number): GuestCall | undefined {
    return this.#running.get(id)?.call;
  }

  receive(id: number, message: unknown): void {
    this.#running.get(id)?.receive(message);
  }

  abort(id: number, reason: string): void {
    this.#running.get(id)?.abort(reason);
  }

  readonly #changed = (instance: SharedInstance): void => {
    const { atOnce, inTotal } = this.#sharing;
    const { begun } = instance;
    if (begun === undefined) this.#instances.delete(instance);
    else if (begun >= inTotal) {
      instance.retire();
      return;
    }
    const index = this.#open.indexOf(instance);
    const isOpen = begun !== undefined && instance.size < atOnce;
    if (isOpen && index < 0) this.#open.push(instance);
    else if (!isOpen && index >= 0) this.#open.splice(index, 1);
  };
}
