import type { Done } from '../../engine/link/linker.ts';
import { IncomingRequest } from '../../interfaces/http/incoming.ts';
import { ResponseOutparam } from '../../interfaces/http/outgoing.ts';
import { noOperations } from '../../interfaces/keyvalue/operation.ts';
import { RequestBody } from '../../triggers/http/worker/request-body.ts';
import { Response } from '../../triggers/http/worker/response.ts';
import type { WorkerPart } from '../interface.ts';
import type { Pause } from '../ipc/channel.ts';
import type { GuestRequest, Trap } from '../ipc/protocol.ts';
import { RequestTable } from '../request-table.ts';
import type { HostLink } from './host-link.ts';
import { Instance, type Shared } from './instance.ts';
import { describeTrap, GuestAbort, isGoodExit } from './trap.ts';

/** The requests that a worker has begun, each in an instance. */
export class Requests {
  readonly #shared: Shared;
  readonly #host: HostLink;
  /** The interfaces that hear of each request. */
  readonly #followers: readonly WorkerPart[];
  readonly #running = new RequestTable<Running>();
  /** Instances to use again, last in first out. */
  readonly #idle: Instance[] = [];
  /** Those that have kept a stack; they take a request up later than others. */
  readonly #resting: Instance[] = [];
  /** How often the instances were forgotten. */
  #era = 0;

  constructor(shared: Shared, host: HostLink) {
    this.#shared = shared;
    this.#followers = shared.interfaces.filter(
      ({ began, ended }) => began !== undefined || ended !== undefined,
    );
    this.#host = host;
  }

  /** Answers what has to come before the guest has begun. */
  begin(parts: GuestRequest): Pause | undefined {
    const { id } = parts;
    const running = new Running(parts, this.#host, () => {
      this.#running.delete(id);
      for (const part of this.#followers) part.ended?.(id);
    });
    this.#running.add(id, running);
    for (const part of this.#followers) part.began?.(id);
    let instance = this.#idle.pop();
    const isLater = instance === undefined && this.#resting.length > 0;
    try {
      instance ??= this.#resting.pop() ?? new Instance(id, this.#shared);
    } catch (thrown) {
      running.fail(thrown);
      return undefined;
    }
    this.#run(running, instance, parts);
    return isLater ? 'microtasks' : this.#shared.program.begins;
  }

  #run(running: Running, instance: Instance, parts: GuestRequest): void {
    const era = this.#era;
    running.run(instance, parts, (rests) => {
      const isFresh = this.#shared.setup.instances === 'fresh';
      // One whose guest was given up may hold anything: it is used again only as it was at its start.
      if (era !== this.#era || (isFresh ? !instance.reset() : running.isGivenUp)) {
        instance.discard();
        return false;
      }
      (rests ? this.#resting : this.#idle).push(instance);
      return true;
    });
  }

  /** The next requests get instances of their own. */
  forgetInstances(): void {
    for (const instance of [...this.#idle, ...this.#resting]) instance.discard();
    this.#idle.length = 0;
    this.#resting.length = 0;
    this.#era += 1;
  }

  get(id: number): Running | undefined {
    return this.#running.get(id);
  }

  /** The client went away or its time is up: streams end, and the guest is unwound where it waits. */
  abort(id: number, reason: string): void {
    this.#running.get(id)?.abort(reason);
  }
}

/** One request in its instance. */
class Running {
  readonly body: RequestBody;
  readonly response: Response;
  readonly #forget: () => void;
  #instance: Instance | undefined;
  #isOver = false;
  /** The client went away or its time was up, and the guest goes on until it notices. */
  isGivenUp = false;

  constructor({ id, head, body }: GuestRequest, host: HostLink, forget: () => void) {
    this.body =
      body === 'stream'
        ? new RequestBody(
            body,
            (bytes) => host.post({ type: 'credit', id, bytes }),
            () => host.post({ type: 'read', id }),
          )
        : new RequestBody(body, nothing, nothing);
    this.response = new Response(id, head.method, (output) => host.output(output));
    this.#forget = forget;
  }

  /** @param free called when the handler has ended, or was unwound after it was given up; see `Done` */
  run(instance: Instance, { id, head }: GuestRequest, free: Done): void {
    this.#instance = instance;
    const done = (rests: boolean): boolean => {
      if (!this.#isOver) this.#conclude(undefined);
      return free(rests);
    };
    const request = new IncomingRequest(head, this.body, instance.holdings);
    const outparam = new ResponseOutparam(this.response);
    const stopped = (thrown: unknown): void => {
      if (this.isGivenUp && thrown instanceof GuestAbort) {
        free(false);
        return;
      }
      if (isGoodExit(thrown) && !this.#isOver) {
        outparam.exited();
        this.#conclude(undefined);
      } else this.fail(thrown);
      instance.discard();
    };
    try {
      instance.handle(id, request, outparam, done, stopped);
    } catch (thrown) {
      stopped(thrown);
    }
  }

  fail(thrown: unknown): void {
    if (!this.#isOver) this.#conclude(describeTrap(thrown));
  }

  abort(reason: string): void {
    const abort = new GuestAbort(reason);
    this.isGivenUp = true;
    this.body.fail(reason);
    this.body.abort(abort);
    this.response.clientGone(reason);
    this.response.abort(abort);
    // The request is over now, whatever the guest still waits for: a store may take its time.
    this.#conclude(undefined);
    this.#instance?.lifetime.end(abort);
    this.#instance?.holdings.release();
  }

  #conclude(trap: Trap | undefined): void {
    this.#isOver = true;
    const operations = this.#instance?.takeOperations() ?? noOperations;
    this.response.conclude(trap === undefined ? { operations } : { operations, trap });
    this.#forget();
    this.body.discard();
  }
}

function nothing(): void {}
