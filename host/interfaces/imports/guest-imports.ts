import { parseInterfaceName } from '../../engine/decode/interface-name.ts';
import type { FunctionType, WitType } from '../../engine/decode/wit-type.ts';
import { trap } from '../../engine/guest-trap.ts';
import type { HostImports } from '../../engine/link/host-imports.ts';
import { hostName } from '../../engine/link/host-name.ts';
import type { Interceptor } from '../../runtime/fault-injection/interceptor.ts';
import type { InterfaceTrace } from '../../runtime/trace/trace-log.ts';
import type { Guest } from '../../runtime/worker/guest.ts';
import type { MaybePromise } from '../../shared/maybe-promise.ts';
import { GuestResource } from './guest-resource.ts';
import { injectedFailure } from './injected-failure.ts';
import { mapResources } from './map-resources.ts';
import { type CallAnswer, type ModuleCalls, shownFunction } from './module-calls.ts';
import { ModuleFault } from './module-fault.ts';
import { importOperations } from './operations.ts';
import { resourceClasses, type ServedImport } from './served-import.ts';
import { ThrownPayload } from './thrown-payload.ts';

/** What guests of a worker call modules with. */
export interface ImportsContext {
  /** All imports that modules serve. */
  readonly served: readonly ServedImport[];
  /** Who calls the functions of one of them. */
  callsOf(served: ServedImport): ModuleCalls;
  /** Absent where nobody stands between. */
  readonly interceptor: Interceptor | undefined;
}

/** A class of which the linker makes instances, and calls methods. */
type GuestClass = new (...args: unknown[]) => GuestResource;

/**
 * What a guest imports of modules: functions and classes with the names that its linker looks for, which have the calls made, traced
 * and, in a test, intercepted.
 *
 * @param own the places of the imports that the component of the guest has
 */
export function guestImports(context: ImportsContext, guest: Guest, own: readonly number[]): HostImports {
  const { served } = context;
  const classes = new Map<string, GuestClass>();
  const resources = resourceClasses(served);
  const classFor = (owner: number, name: string): GuestClass => {
    const key = `${owner} ${name}`;
    let made = classes.get(key);
    if (made === undefined) {
      made = newClass();
      classes.set(key, made);
    }
    return made;
  };
  const classOf = (resource: WitType): GuestClass => {
    const known = resources.get(resource);
    return known === undefined ? (GuestResource as unknown as GuestClass) : classFor(known.owner, known.name);
  };
  const imports: Record<string, Record<string, unknown>> = {};
  for (const place of own) {
    const item = served[place];
    if (item === undefined) continue;
    const { name, label, functions } = item.description;
    const functionsOf: Record<string, unknown> = {};
    for (const [func, type] of functions) {
      const { kind, resource, member } = hostName(func);
      const calls = new GuestCalls(context, guest, place, func, type, classOf);
      const call = (...args: unknown[]): unknown => calls.call(args);
      if (resource === undefined) {
        functionsOf[member] = call;
        continue;
      }
      const made = classFor(place, resource);
      functionsOf[resource] = made;
      if (kind === 'constructor') constructors.set(made, call);
      else if (kind === 'static') Object.defineProperty(made, member, { value: call });
      else
        Object.defineProperty(made.prototype, member, {
          value(this: GuestResource, ...args: unknown[]) {
            return calls.call([this, ...args]);
          },
        });
    }
    imports[label ?? parseInterfaceName(name).key] = functionsOf;
  }
  return imports;
}

/** What the linker's `new` calls, by the class. */
const constructors = new WeakMap<object, (...args: unknown[]) => unknown>();

function newClass(): GuestClass {
  // A constructor may answer any object, also a promise, which the linker waits for.
  const made = function (this: unknown, ...args: unknown[]): unknown {
    return constructors.get(made)?.(...args);
  };
  made.prototype = Object.create(GuestResource.prototype);
  return made as unknown as GuestClass;
}

/** One function, as a guest calls it. */
class GuestCalls {
  readonly #context: ImportsContext;
  readonly #guest: Guest;
  readonly #place: number;
  readonly #func: string;
  readonly #type: FunctionType;
  readonly #calls: ModuleCalls;
  readonly #target: string;
  readonly #item: string;
  readonly #classOf: (resource: WitType) => GuestClass;
  readonly #trace: Pick<InterfaceTrace, 'current'>;

  constructor(
    context: ImportsContext,
    guest: Guest,
    place: number,
    func: string,
    type: FunctionType,
    classOf: (resource: WitType) => GuestClass,
  ) {
    const served = context.served[place] as ServedImport;
    this.#context = context;
    this.#guest = guest;
    this.#place = place;
    this.#func = func;
    this.#type = type;
    this.#calls = context.callsOf(served);
    this.#target = parseInterfaceName(served.description.name).unversioned;
    this.#item = shownFunction(func);
    this.#classOf = classOf;
    this.#trace = guest.trace.of(importOperations);
  }

  /** Answers what the function answers, or a promise of it. Throws a `ThrownPayload`, or a `ModuleFault`. */
  call(args: readonly unknown[]): MaybePromise<unknown> {
    const { interceptor } = this.#context;
    const noting = this.#trace.current();
    let isOver = false;
    const over = (): boolean => isOver;
    const started = performance.now();
    const note = (error: string | undefined): void =>
      noting.note(importOperations.operations.call, this.#target, this.#item, [], error, started);
    const ended = (value: unknown): unknown => {
      note(undefined);
      return value;
    };
    const failed = (thrown: unknown): never => {
      const text = thrown instanceof Error ? thrown.message : String(thrown);
      // Beside the function its name says nothing.
      note(text.replace(`${this.#target}: ${this.#item} `, ''));
      // Where nothing was thrown, the guest's own frames say more than the host's.
      if (thrown instanceof ModuleFault && thrown.stackOfModule === undefined) trap(thrown.message);
      throw thrown;
    };
    let answer: MaybePromise<unknown>;
    try {
      answer =
        interceptor === undefined || !interceptor.isActive
          ? this.#make(args, over)
          : this.#past(interceptor, args, over);
    } catch (thrown) {
      return failed(thrown);
    }
    if (!(answer instanceof Promise)) return ended(answer);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    // The guest is unwound where nobody waits for it any more, whatever the module still does.
    const forget = this.#guest.lifetime.onEnd((reason) => {
      isOver = true;
      reject(reason);
    });
    answer.then(ended, failed).then(resolve, reject).finally(forget);
    return promise;
  }

  /** @param isOver whether the guest has ended meanwhile */
  #make(args: readonly unknown[], isOver: () => boolean): MaybePromise<unknown> {
    const { params } = this.#type;
    const given = args.map((arg, index) => {
      const type = params[index]?.type;
      return type === undefined
        ? arg
        : mapResources(type, arg, (kind, _, value) => this.#handle(kind, value));
    });
    const answer = this.#calls.call({ served: this.#place, func: this.#func, args: given });
    if (!(answer instanceof Promise)) return this.#taken(answer, false);
    return answer.then((one) => this.#taken(one, isOver()));
  }

  #past(interceptor: Interceptor, args: readonly unknown[], isOver: () => boolean): Promise<unknown> {
    const text = `call ${this.#target}/${this.#item}`;
    return interceptor.make(
      {
        request: this.#guest.request,
        operation: importOperations.operations.call,
        target: this.#target,
        items: [this.#item],
        failure: (error, message) =>
          injectedFailure(this.#type, `${this.#target}: ${this.#item}`, error, message),
        text: () => text,
        failedText: (reason) =>
          `${text} → failed: ${reason instanceof Error ? reason.message : String(reason)}`,
      },
      () => this.#make(args, isOver),
    );
  }

  #handle(kind: 'own' | 'borrow', value: unknown): unknown {
    if (!(value instanceof GuestResource)) return undefined;
    // A handle of others says nothing here.
    const handle = kind === 'own' ? value.give() : value.handle;
    return value.calls === this.#calls ? handle : undefined;
  }

  #taken(answer: CallAnswer, isOver: boolean): unknown {
    const { result } = this.#type;
    const isError = 'error' in answer;
    const fails = result?.kind === 'result' ? result : undefined;
    const type = fails === undefined ? result : isError ? fails.err : fails.ok;
    const value = isError ? answer.error : answer.ok;
    const taken =
      type === undefined
        ? value
        : mapResources(type, value, (_, resource, handle) =>
            isOver ? this.#calls.drop(handle as number) : this.#resource(resource, handle as number),
          );
    if (isError) throw new ThrownPayload(taken);
    return taken;
  }

  #resource(resource: WitType, handle: number): GuestResource {
    return Reflect.construct(
      GuestResource,
      [this.#calls, handle, this.#guest.holdings],
      this.#classOf(resource),
    );
  }
}
