import type { Done } from '../../engine/link/entry-call.ts';
import type { HostImports } from '../../engine/link/host-imports.ts';
import type { Interceptor } from '../fault-injection/interceptor.ts';
import type { WorkerPart } from '../interface.ts';
import type { WorkerSetup } from '../ipc/protocol.ts';
import type { PackedTrace } from '../trace/packed-trace.ts';
import { type CallSpan, newCallSpan } from '../trace/span-context.ts';
import { defaultBounds, TraceLog } from '../trace/trace-log.ts';
import type { TracedOperations } from '../trace/traced-operations.ts';
import type { Guest, GuestCommand, OutputPermit } from './guest.ts';
import type { GuestLog } from './guest-log.ts';
import { Holdings } from './holdings.ts';
import { Lifetime } from './lifetime.ts';
import type { OutputWindow } from './output-window.ts';
import type { ProgramInstance, RunnableProgram } from './program.ts';
import type { GuestCall } from './worker-trigger.ts';

/** What all instances of a worker share. */
export interface Shared {
  readonly setup: WorkerSetup;
  readonly program: RunnableProgram;
  /** The interfaces that the component imports, by name. */
  readonly interfaces: ReadonlyMap<string, WorkerPart>;
  /** What these may record. */
  readonly operations: TracedOperations;
  /** Stands between guests and what they do, where a test wants that. */
  readonly interceptor: Interceptor | undefined;
  /** The guest of a request makes operations, which shows in nothing else. */
  progress(id: number): void;
  /** How much may be printed. */
  readonly output: OutputWindow;
  /** @param id the request during which it was printed */
  print(id: number, stream: 'stdout' | 'stderr', bytes: Uint8Array): void;
  log(id: number, message: GuestLog): void;
}

/** The span of a call that begins, where somebody traces. */
export function spanOf(call: GuestCall, { tracing }: WorkerSetup): CallSpan | undefined {
  return tracing === undefined ? undefined : newCallSpan(call.propagated?.(), tracing);
}

/** The imports of each component that the program is made of. */
export function importsOf(
  guest: Guest,
  members: WorkerSetup['members'],
  interfaces: Shared['interfaces'],
): HostImports[] {
  return members.map((own) =>
    Object.assign(
      {},
      ...Object.entries(own).map(([name, given]) => interfaces.get(name)?.imports(guest, given)),
    ),
  );
}

/** One instance of the component. It serves one request at a time. */
export class Instance implements Guest {
  readonly lifetime = new Lifetime();
  /** Is counted until the guest is brought back to its start or not used again. */
  readonly holdings = new Holdings();
  readonly trace: TraceLog;
  readonly output: OutputPermit;
  readonly #shared: Shared;
  readonly #guest: ProgramInstance;
  /** The request that it serves. */
  #id: number;
  #command: GuestCommand | undefined;

  /**
   * Throws what the component's start throws.
   *
   * @param call the first one that it is to serve
   */
  constructor({ id, command }: GuestCall, shared: Shared) {
    const { setup, program, interfaces, operations, output } = shared;
    this.#id = id;
    this.#command = command;
    this.#shared = shared;
    this.trace = new TraceLog(operations, setup.trace ?? defaultBounds, () => shared.progress(this.#id));
    this.output = {
      permit: () => output.permit(),
      whenReady: () => this.lifetime.whileItLasts(output.whenReady()),
    };
    this.#guest = program.instantiate(importsOf(this, setup.members, interfaces));
  }

  get request(): number {
    return this.#id;
  }

  get command(): GuestCommand | undefined {
    return this.#command;
  }

  print(stream: 'stdout' | 'stderr', bytes: Uint8Array, request = this.#id): void {
    this.#shared.print(request, stream, bytes);
  }

  log(message: GuestLog): void {
    this.#shared.log(this.#id, message);
  }

  /** Makes a call; see `ProgramInstance`. */
  run(call: GuestCall, done: Done, fail: (thrown: unknown) => void): void {
    this.#id = call.id;
    this.#command = call.command;
    this.trace.begin(spanOf(call, this.#shared.setup));
    this.holdings.begin();
    this.#guest.call(call.args(this), done, fail, call.returned?.bind(call), call.entry);
  }

  /** Nobody waits for the call any more: its guest is unwound where it waits. */
  abort(reason: Error): void {
    this.lifetime.end(reason);
    this.holdings.release();
    this.#guest.abort?.(reason);
  }

  /** Makes the instance as good as a new one; false where that can't be done. Its guest must have come to its end, or been unwound. */
  reset(): boolean {
    this.holdings.release();
    this.lifetime.begin();
    this.trace.clear();
    return this.#guest.reset?.() ?? false;
  }

  /** It is not used again: what it left open is closed. */
  discard(): void {
    this.holdings.release();
    this.#guest.discard?.();
  }

  /** What it did since the last call. */
  takeTrace(): PackedTrace {
    return this.trace.take();
  }
}
