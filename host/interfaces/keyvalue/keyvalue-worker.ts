import type { WorkerContext, WorkerPart } from '../../runtime/interface.ts';
import type { ChannelEnd } from '../../runtime/ipc/channel.ts';
import { OPERATION_TIMEOUT } from './backends/definition.ts';
import { InMemoryBackend } from './backends/memory/in-memory.ts';
import type { KeyvalueSettings } from './configuration/store-rules.ts';
import { CursorTable, type Position } from './cursor-table.ts';
import type { ImportedDialects } from './dialect.ts';
import { keyvalueImports } from './keyvalue-imports.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { ThreadStores } from './open-stores.ts';
import { keyvalueOperations } from './operations.ts';
import { ChangeTeller } from './shared-memory/change-teller.ts';
import { MemoryFence } from './shared-memory/memory-fence.ts';
import { WorkerMemory } from './shared-memory/worker-memory.ts';
import { TurnLimit } from './turn-limit.ts';
import { noteGuest } from './watch/watched-bucket.ts';

/** What a component's keyvalue interfaces depend on. */
export interface KeyvalueConfig {
  readonly stores: KeyvalueSettings;
}

/** What a worker shares with the main thread from its start. */
export interface SharedKeyvalue {
  /** See `MemoryFence`. */
  readonly fence: SharedArrayBuffer;
  /** For a `ChangeTeller` of each change of an in-memory bucket. */
  readonly changes: ChannelEnd;
  /** Positions of listings that other workers gave numbers to. */
  readonly positions: readonly Position[];
}

/** Starts `wasi:keyvalue` on a worker. */
export async function startKeyvalue(
  { stores: settings }: KeyvalueConfig,
  { clock, generation, shared, interceptor, post, tell }: WorkerContext<SharedKeyvalue | undefined>,
): Promise<WorkerPart> {
  const send = (message: FromWorker): void => post(message);
  const teller = shared === undefined ? undefined : new ChangeTeller(shared.changes);
  const memory: WorkerMemory = new WorkerMemory(
    new InMemoryBackend({
      generation,
      now: clock.now,
      onChange(change) {
        memory.countChange();
        teller?.tell(change);
      },
    }),
    new MemoryFence(shared?.fence),
    send,
  );
  const cursors = new CursorTable({
    generation,
    onPosition: (position) => send({ type: 'position', position }),
  });
  for (const position of shared?.positions ?? []) cursors.learn(position);
  const stores = new ThreadStores(settings, memory, {
    now: clock.now,
    isMoved: () => clock.isMoved,
    operationTimeout: OPERATION_TIMEOUT,
    tell,
  });
  const turns = new TurnLimit();
  const faults =
    interceptor === undefined
      ? undefined
      : new (await import('./fault-injection/keyvalue-faults.ts')).KeyvalueFaults(interceptor);
  return {
    imports(guest, own) {
      const imported = own as ImportedDialects;
      const common = {
        stores,
        cursors,
        turns,
        trace: guest.trace.of(keyvalueOperations),
        holdings: guest.holdings,
        interceptor: faults,
        request: () => guest.request,
      };
      noteGuest(guest, common, imported.dialect);
      return keyvalueImports(imported, common);
    },
    receive(message: ToWorker) {
      switch (message.type) {
        case 'positions':
          for (const position of message.positions) cursors.learn(position);
          return;
        case 'memoryPart':
          memory.take(message.entries);
          send({ type: 'memoryTaken' });
          return;
        case 'memoryChange':
          memory.take([message.change]);
          return;
        case 'memoryYours':
          memory.own();
          return;
        case 'memoryCall':
          memory.serve(message);
          return;
        case 'memoryAnswer':
          memory.settle(message);
          return;
      }
    },
  };
}
