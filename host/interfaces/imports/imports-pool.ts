import type { PeerPart, PoolPart, WorkerPeer } from '../../runtime/interface.ts';
import type { ImportedModule } from './imported-module.ts';
import type { ImportsConfig } from './imports-config.ts';
import { LoadingWatch } from './loading-watch.ts';
import type { FromImportsWorker } from './messages.ts';

/** Imports that modules serve, beside the workers of a host: the functions that a program has given run here. */
export class ImportsPool implements PoolPart {
  readonly #given = new Map<number, object>();

  /** Workers that are started from now on may have these. */
  know(modules: readonly ImportedModule[]): void {
    for (const module of modules) if (module.kind === 'given') this.#given.set(module.id, module.members);
  }

  open(worker: WorkerPeer, config: unknown): PeerPart {
    const { modules, served } = config as ImportsConfig;
    const given = new Map<number, object>();
    for (const [index, module] of modules.entries()) {
      const members = module.kind === 'given' ? this.#given.get(module.id) : undefined;
      if (members !== undefined) given.set(index, members);
    }
    const watch = new LoadingWatch((text) => process.emitWarning(text, 'kvasi'));
    const end = (): void => watch.end();
    if (given.size === 0)
      return { receive: (message) => void watch.receive(message as FromImportsWorker), lose: end, end };
    // Loaded in the order of the messages, of which the first comes later than that.
    const loading = import('./given-calls.ts').then(
      ({ GivenCalls }) => new GivenCalls(served, given, (message) => worker.post(message)),
    );
    return {
      receive: (message) => {
        if (!watch.receive(message as FromImportsWorker))
          void loading.then((calls) => calls.receive(message));
      },
      lose: end,
      end: () => {
        end();
        void loading.then((calls) => calls.close());
      },
    };
  }
}
