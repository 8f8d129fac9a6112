import type { Interceptor } from '../../runtime/fault-injection/interceptor.ts';
import type { Values } from '../../runtime/trace/attribute.ts';
import type { InterfaceTrace } from '../../runtime/trace/trace-log.ts';
import type { Holdings } from '../../runtime/worker/holdings.ts';
import { reasonOf } from '../../shared/host-error.ts';
import { addressOf } from '../../shared/labelled-name.ts';
import { BlobError, type BlobErrorCase, type ObjectId } from './backends/backend.ts';
import type { UniformBlobs, UniformUpload } from './backends/uniform-backend.ts';
import { OpenThings } from './open-things.ts';
import type { BlobOperationName } from './operation-name.ts';
import { blobOperations } from './operations.ts';

/** What an operation is done to. */
interface Subject {
  readonly container: string;
  readonly objects?: readonly string[];
}

/** What the functions of one guest share, in whatever shape it imports them. */
export interface BlobGuestContext {
  /** Connects to the store where that has not been done. */
  readonly storeOf: (label: string | undefined) => Promise<UniformBlobs>;
  readonly trace: Pick<InterfaceTrace, 'note' | 'current'>;
  readonly holdings: Holdings;
  /** Absent where nobody stands between. */
  readonly interceptor: Interceptor | undefined;
  /** The request that the guest serves. */
  readonly request: () => number;
  /** Says something to the user. */
  readonly tell: (text: string) => void;
}

/** What one guest does with blobs: each operation goes past whoever stands between, and is recorded. */
export class BlobGuest {
  readonly open: OpenThings;
  readonly #context: BlobGuestContext;
  readonly #label: string | undefined;

  /**
   * @param label of the import through which it does that
   * @param open what it has open, through whichever import
   */
  constructor(context: BlobGuestContext, label?: string, open = new OpenThings(context.holdings)) {
    this.#context = context;
    this.#label = label;
    this.open = open;
  }

  /** The same guest, as it uses the store of imports with a label. */
  through(label: string): BlobGuest {
    return new BlobGuest(this.#context, label, this.open);
  }

  get holdings(): Holdings {
    return this.#context.holdings;
  }

  tell(text: string): void {
    this.#context.tell(text);
  }

  /**
   * Makes an operation. Rejects with a `BlobError` that the guest is to get; anything else is a bug of ours and traps with its stack.
   *
   * @param details what the record says of the result besides
   * @param started the moment at which it began, by `performance.now()`. Default: now
   */
  async make<T>(
    name: BlobOperationName,
    subject: Subject,
    action: (store: UniformBlobs) => Promise<T>,
    details: (result: T) => Values = () => [],
    started = performance.now(),
  ): Promise<T> {
    const operation = blobOperations.operations[name];
    const { objects = [] } = subject;
    const container = addressOf(this.#label, subject.container);
    const item = objects.length === 1 ? objects[0] : undefined;
    const trace = this.#context.trace.current();
    try {
      const result = await this.#past(
        name,
        { container, objects },
        async () => await action(await this.#store()),
      );
      trace.note(operation, container, item, details(result), undefined, started);
      return result;
    } catch (error) {
      if (error instanceof BlobError) trace.note(operation, container, item, [], error.message, started);
      throw error;
    }
  }

  /** Begins to write an object. Its record is made when it is finished, or here where that fails. */
  async uploadOf(target: ObjectId): Promise<UniformUpload> {
    const trace = this.#context.trace.current();
    const started = performance.now();
    try {
      return await (await this.#store()).write(target);
    } catch (error) {
      if (error instanceof BlobError) {
        const operation = blobOperations.operations['write-data'];
        const container = addressOf(this.#label, target.container);
        trace.note(operation, container, target.object, [], error.message, started);
      }
      throw error;
    }
  }

  #store(): Promise<UniformBlobs> {
    return this.#context.storeOf(this.#label);
  }

  /** Makes it past whoever stands between. */
  async #past<T>(
    name: BlobOperationName,
    { container, objects = [] }: Subject,
    action: () => Promise<T>,
  ): Promise<T> {
    const { interceptor } = this.#context;
    if (interceptor === undefined || !interceptor.isActive) return await action();
    const text = `${name} ${[container, ...objects].join('/')}`;
    return await interceptor.make(
      {
        request: this.#context.request(),
        operation: blobOperations.operations[name],
        target: container,
        items: objects,
        failure: (error, message) => new BlobError((error ?? 'other') as BlobErrorCase, message),
        text: () => text,
        failedText: (reason) => `${text} → failed: ${reasonOf(reason)}`,
      },
      action,
    );
  }
}

/** An operation on one object. */
export function onObject({ container, object }: ObjectId): Subject {
  return { container, objects: [object] };
}
