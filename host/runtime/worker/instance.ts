import type { Done } from '../../engine/link/linker.ts';
import type { Filesystem } from '../../interfaces/filesystem/filesystem.ts';
import type { IncomingRequest } from '../../interfaces/http/incoming.ts';
import type { ResponseOutparam } from '../../interfaces/http/outgoing.ts';
import { guestImports } from '../../interfaces/imports.ts';
import type { CursorTable } from '../../interfaces/keyvalue/cursor-table.ts';
import type { Interceptor } from '../../interfaces/keyvalue/interceptor.ts';
import {
  defaultBounds,
  type OperationBounds,
  OperationLog,
  type PackedOperations,
} from '../../interfaces/keyvalue/operation.ts';
import type { Stores } from '../../interfaces/keyvalue/stores.ts';
import type { TurnLimit } from '../../interfaces/keyvalue/turn-limit.ts';
import type { RandomSource } from '../../interfaces/random/random.ts';
import type { Clock } from '../../shared/clock.ts';
import type { WorkerSetup } from '../ipc/protocol.ts';
import { Holdings } from './holdings.ts';
import { Lifetime } from './lifetime.ts';
import type { OutputWindow } from './output-window.ts';
import type { ProgramInstance, RunnableProgram } from './program.ts';

/** A test asks for each operation. */
const boundsOfTest: OperationBounds = { operations: 100_000, text: 64 * 1024 * 1024 };

/** What all instances of a worker share. */
export interface Shared {
  readonly setup: WorkerSetup;
  readonly program: RunnableProgram;
  readonly stores: Stores;
  readonly cursors: CursorTable;
  readonly turns: TurnLimit;
  readonly filesystem: Filesystem;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Stands between guests and stores where a test wants that. */
  readonly interceptor: Interceptor | undefined;
  /** The guest of a request makes operations, which shows in nothing else. */
  progress(id: number): void;
  /** How much may be printed. */
  readonly output: OutputWindow;
  /** @param id the request during which it was printed */
  print(id: number, stream: 'stdout' | 'stderr', bytes: Uint8Array): void;
}

/** One instance of the component. It serves one request at a time. */
export class Instance {
  readonly lifetime = new Lifetime();
  /** What the host holds for the guest, until it is brought back to its start or not used again. */
  readonly holdings = new Holdings();
  readonly #guest: ProgramInstance;
  readonly #log: OperationLog;
  /** The request that it serves. */
  #id: number;

  /**
   * Throws what the component's start throws.
   *
   * @param id the first request that it is to serve
   */
  constructor(id: number, shared: Shared) {
    const { setup, program, stores, cursors, filesystem, clock, random, print } = shared;
    this.#id = id;
    this.#log = new OperationLog(setup.isIntercepted === true ? boundsOfTest : defaultBounds, () =>
      shared.progress(this.#id),
    );
    const imports = guestImports({
      environment: setup.environment,
      args: [],
      print: (stream, bytes) => print(this.#id, stream, bytes),
      output: {
        permit: () => shared.output.permit(),
        whenReady: () => this.#whilePresent(shared.output.whenReady()),
      },
      config: setup.config,
      filesystem,
      lifetime: this.lifetime,
      holdings: this.holdings,
      clock,
      random,
      keyvalue: {
        holdings: this.holdings,
        stores,
        cursors,
        dialect: setup.dialect,
        log: this.#log,
        turns: shared.turns,
        interceptor: shared.interceptor,
        request: () => this.#id,
      },
    });
    this.#guest = program.instantiate(imports);
  }

  /** Calls the handler; see `ProgramInstance`. */
  handle(
    id: number,
    request: IncomingRequest,
    outparam: ResponseOutparam,
    done: Done,
    fail: (thrown: unknown) => void,
  ): void {
    this.#id = id;
    this.#log.begin();
    this.holdings.begin();
    this.#guest.handle(request, outparam, done, fail);
  }

  /** Makes the instance as good as a new one; false where that can't be done. Its guest must have come to its end, or been unwound. */
  reset(): boolean {
    this.holdings.release();
    this.lifetime.begin();
    this.#log.clear();
    return this.#guest.reset?.() ?? false;
  }

  /** It is not used again: what it left open is closed. */
  discard(): void {
    this.holdings.release();
    this.#guest.discard?.();
  }

  /** The keyvalue operations since the last call. */
  takeOperations(): PackedOperations {
    return this.#log.take();
  }

  /** Waits for something that other guests wait for too, until this one ends. */
  #whilePresent(promise: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const forget = this.lifetime.onEnd(reject);
      promise.then(() => {
        forget();
        resolve();
      }, reject);
    });
  }
}
