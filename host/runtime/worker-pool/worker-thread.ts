// As a namespace: of an old Node a name that it does not have would be all that is said.
import * as module from 'node:module';
import { type Transferable, Worker } from 'node:worker_threads';
import { HostError, reasonOf } from '../../shared/host-error.ts';
import { writeCall } from '../ipc/call-record.ts';
import { Channel, channelEnds } from '../ipc/channel.ts';
import { fillBlocks } from '../ipc/fill-blocks.ts';
import { type Noted, readNote, writeBytes, writeNote } from '../ipc/note-record.ts';
import { readOutput } from '../ipc/output-record.ts';
import type { FromWorker, ToWorker, WorkerSetup } from '../ipc/protocol.ts';
import type { Output } from '../outcome.ts';
import type { Trigger } from '../trigger.ts';
import { ThreadControl } from '../worker/thread-control.ts';
import type { WorkerLink } from './worker-link.ts';

/** Of a thread's heap, in MiB. With less, requests that wait for a store that is far away are copied too often; see docs/performance.md. */
const youngGeneration = 48;

function isHostError(error: unknown): error is HostError {
  return error instanceof Error && error.name === 'HostError' && 'code' in error;
}

/** What a thread sends besides answers. */
export type WorkerMessage = Exclude<FromWorker, { type: 'ready' | 'output' }>;

/** What happens to a thread, besides the messages it sends. */
export interface WorkerThreadEvents {
  /** The component's glue is loaded. */
  ready(): void;
  message(message: WorkerMessage): void;
  /** A part of an answer, or all of it. */
  output(output: Output): void;
  /** The trigger of one of its calls; undefined of one that is over. */
  triggerOf(id: number): Pick<Trigger, 'readOutput'> | undefined;
  /** An error that nobody foresaw, in what was done with what the thread sent. */
  fault(error: unknown): void;
  /** The thread ended by itself: a fault of ours, or of a dependency. */
  crash(error: unknown): void;
}

/** A worker as the main thread sees it. */
export class WorkerThread implements WorkerLink {
  readonly control = new ThreadControl();
  readonly #worker: Worker;
  readonly #channel: Channel<ToWorker, FromWorker, Output | undefined>;
  readonly #events: WorkerThreadEvents;
  readonly #triggers: readonly string[];
  readonly #ready = Promise.withResolvers<void>();
  #outbox: ToWorker[] = [];
  #transfer: Transferable[] = [];
  #posting: NodeJS.Immediate | undefined;
  #closed = false;

  /**
   * @param entry the module that the thread runs
   * @param transfer what of the setup is handed over
   */
  constructor(
    entry: URL,
    setup: Omit<WorkerSetup, 'control' | 'channel' | 'codeCache'>,
    transfer: readonly Transferable[],
    events: WorkerThreadEvents,
  ) {
    this.#events = events;
    this.#triggers = setup.triggers;
    const [ours, theirs] = channelEnds();
    this.#channel = new Channel(ours);
    this.#worker = new Worker(entry, {
      workerData: {
        ...setup,
        control: this.control.buffer,
        channel: theirs,
        codeCache: module.getCompileCacheDir(),
      } satisfies WorkerSetup,
      transferList: [theirs.port, ...transfer],
      // A guest sees the environment that the configuration gives it; the thread needs none.
      env: {},
      resourceLimits: { maxYoungGenerationSizeMb: youngGeneration },
    });
    const triggerOf = (id: number) => events.triggerOf(id);
    const { incomingBlocks } = this.#channel;
    const noted: Noted = {
      note: (id, kind, amount) => this.#guard(() => events.message({ type: 'note', id, kind, amount })),
      // A worker sends none but with outputs.
      bytes: (_id, lent) => lent.giveBack(),
    };
    this.#channel.listen({
      read: (ring, at) =>
        readNote(ring, at, incomingBlocks, noted)
          ? undefined
          : readOutput(ring, at, incomingBlocks, triggerOf),
      item: (output) => {
        if (output !== undefined) this.#guard(() => events.output(output));
        return undefined;
      },
      message: (message) => this.#guard(() => this.#receive(message)),
    });
    this.#worker.on('error', (error) => this.#end(error));
    this.#worker.on('exit', (status) => this.#end(new Error(`the worker ended with status ${status}`)));
    this.#ready.promise.catch(() => {});
    // Whoever waits for an answer keeps the process from ending: a listener does, and a test's host.
    this.#worker.unref();
    this.#channel.unref();
  }

  /** Resolves when the component's glue is loaded; throws a `HostError` when that fails. */
  async ready(): Promise<void> {
    try {
      await this.#ready.promise;
    } catch (cause) {
      // What an interface refuses at its start keeps its words; threads pass on no classes, but what errors have.
      if (isHostError(cause)) throw new HostError(cause.code, cause.message, { cause });
      throw new HostError('internal', `the worker can't start: ${reasonOf(cause)}`, { cause });
    }
  }

  /** What is posted in one turn of the event loop travels together: waking the thread costs more than a message. */
  post(message: ToWorker, transfer: readonly Transferable[] = []): void {
    this.#outbox.push(message);
    this.#transfer.push(...transfer);
    this.#posting ??= setImmediate(() => this.#send());
  }

  /** The thread sees the call at once. */
  begin<Call>(id: number, trigger: Trigger<Call>, call: Call): void {
    this.#sendFirst();
    const number = this.#triggers.indexOf(trigger.name);
    const { outgoing, outgoingBlocks } = this.#channel;
    const end = writeCall(outgoing, outgoingBlocks, id, number, trigger.calls, call);
    if (end === undefined) {
      const { value, transfer } = trigger.calls.message(call);
      this.#channel.post([{ type: 'call', id, trigger: number, value }], transfer);
    } else this.#channel.commit(end);
    this.#channel.lookSoon();
  }

  /** What was said before comes first. */
  #sendFirst(): void {
    if (this.#posting !== undefined) this.#send();
  }

  #commit(end: number): void {
    this.#channel.commit(end);
    this.#channel.lookSoon();
  }

  tell(id: number, message: unknown, transfer?: readonly ArrayBuffer[]): void {
    this.post({ type: 'about', id, message }, transfer);
  }

  note(id: number, kind: number, amount: number): void {
    this.#sendFirst();
    const end = writeNote(this.#channel.outgoing, id, kind, amount);
    if (end === undefined) this.post({ type: 'note', id, kind, amount });
    else this.#commit(end);
  }

  bytes(id: number, chunks: readonly Uint8Array[]): number {
    this.#sendFirst();
    const { outgoing, outgoingBlocks: blocks } = this.#channel;
    return fillBlocks(blocks, chunks, (part) => {
      const end = writeBytes(outgoing, id, part);
      if (end !== undefined) this.#commit(end);
      return end !== undefined;
    });
  }

  abort(id: number, reason: string): void {
    this.post({ type: 'abort', id, reason });
  }

  #send(): void {
    clearImmediate(this.#posting);
    this.#posting = undefined;
    this.#channel.post(this.#outbox, this.#transfer);
    this.#outbox = [];
    this.#transfer = [];
  }

  /** Ends the thread at once, even in the middle of an endless loop. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker.terminate();
    this.#closePorts();
  }

  /** Receives what the thread has sent up to now. */
  hear(): void {
    this.#channel.takeAll();
  }

  /** What a guest says ends here at the latest. */
  #guard(action: () => void): undefined {
    try {
      action();
    } catch (error) {
      this.#events.fault(error);
    }
  }

  #receive(message: FromWorker): void {
    if (message.type === 'output') this.#output(message.output);
    else if (message.type !== 'ready') this.#events.message(message);
    else {
      this.#events.ready();
      this.#ready.resolve();
    }
  }

  #output(output: Output): void {
    if (output.part !== undefined) output.lent = this.#channel.incomingBlocks.lend(output.part);
    if (output.lent !== undefined && this.#events.triggerOf(output.id) === undefined) output.lent.giveBack();
    this.#events.output(output);
  }

  /** The thread has ended; what it had posted before still counts. */
  #closePorts(): void {
    clearImmediate(this.#posting);
    this.#channel.takeAll();
    this.#channel.close();
  }

  #end(error: unknown): void {
    this.#ready.reject(error);
    if (this.#closed) return;
    this.#closed = true;
    this.#closePorts();
    this.#events.crash(error);
  }
}
