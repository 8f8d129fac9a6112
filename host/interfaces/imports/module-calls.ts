import { parseInterfaceName } from '../../engine/decode/interface-name.ts';
import type { FunctionType, WitType } from '../../engine/decode/wit-type.ts';
import { hostName } from '../../engine/link/host-name.ts';
import { shownValue } from '../../settings/shown-value.ts';
import { isError } from '../../shared/is-error.ts';
import type { MaybePromise } from '../../shared/maybe-promise.ts';
import { checkedValue, type OwnResource } from './checked-value.ts';
import { mapResources } from './map-resources.ts';
import { isModuleFault, ModuleFault, shownStack, thrownText } from './module-fault.ts';
import { type ResourceClass, resourceClasses, type ServedImport } from './served-import.ts';
import { WrongValue } from './wrong-value.ts';

/** What came of a call: plain data, in which a resource is a handle. */
export type CallAnswer = { readonly ok: unknown } | { readonly error: unknown };

/** A call of a function; resources are handles. */
export interface ModuleCall {
  /** The place of the import among those that modules serve. */
  readonly served: number;
  readonly func: string;
  readonly args: readonly unknown[];
}

/** Whoever makes calls of functions that modules have, and keeps their resources. */
export interface ModuleCalls {
  /** Throws, or rejects with, a `ModuleFault` where that is no answer that the function may give. */
  call(call: ModuleCall): MaybePromise<CallAnswer>;
  /** A resource is not needed any more. */
  drop(handle: number): void;
}

/** Calls modules that are in this thread. */
export class ModulesHere implements ModuleCalls {
  readonly #served: readonly ServedImport[];
  readonly #classes: ReadonlyMap<WitType, ResourceClass>;
  readonly #modules: ReadonlyMap<number, object>;
  readonly #tell: (text: string) => void;
  readonly #resources = new Map<number, object>();
  #lastHandle = 0;

  /**
   * @param modules by their numbers, those that are here
   * @param tell says what went wrong where nobody is there to be told
   */
  constructor(
    served: readonly ServedImport[],
    modules: ReadonlyMap<number, object>,
    tell: (text: string) => void,
  ) {
    this.#served = served;
    this.#classes = resourceClasses(served);
    this.#modules = modules;
    this.#tell = tell;
  }

  call({ served, func, args }: ModuleCall): MaybePromise<CallAnswer> {
    const found = this.#served[served];
    const type = found?.description.functions.get(func);
    const members = found && this.#modules.get(found.module);
    if (found === undefined || type === undefined || members === undefined)
      throw new ModuleFault(`no module here has ${func}`);
    const name = nameOf(found, func);
    const values = args.map((arg, index) => this.#given(type.params[index]?.type, arg));
    const answered = (value: unknown): CallAnswer => this.#answered(name, type, value);
    const refused = (thrown: unknown): CallAnswer => this.#refused(name, type, thrown);
    let answer: unknown;
    try {
      answer = invoke(members, func, values);
      if (!isThenable(answer)) return answered(answer);
    } catch (thrown) {
      if (isModuleFault(thrown)) throw thrown;
      return refused(thrown);
    }
    return Promise.resolve(answer).then(answered, refused);
  }

  drop(handle: number): void {
    const resource = this.#resources.get(handle);
    this.#resources.delete(handle);
    if (resource === undefined || !isDisposable(resource)) return;
    const failed = (thrown: unknown): void =>
      this.#tell(`a resource of a module could not be disposed of: ${thrownText(thrown)}`);
    try {
      const end: unknown = resource[Symbol.dispose]();
      if (isThenable(end)) Promise.resolve(end).catch(failed);
    } catch (thrown) {
      failed(thrown);
    }
  }

  /** Nobody needs any resource any more. */
  dropAll(): void {
    for (const handle of [...this.#resources.keys()]) this.drop(handle);
  }

  #given(type: WitType | undefined, arg: unknown): unknown {
    if (type === undefined) return arg;
    return mapResources(type, arg, (kind, _, handle) => {
      const resource = this.#resources.get(handle as number);
      if (resource === undefined) throw new ModuleFault('a resource of another module was given to this one');
      if (kind === 'own') this.#resources.delete(handle as number);
      return resource;
    });
  }

  #answered(name: string, { result }: FunctionType, value: unknown): CallAnswer {
    const type = result?.kind === 'result' ? result.ok : result;
    if (type === undefined) return { ok: undefined };
    return { ok: this.#checked(name, type, value, 'answer') };
  }

  #refused(name: string, { result }: FunctionType, thrown: unknown): CallAnswer {
    if (isModuleFault(thrown)) throw thrown;
    const payload = payloadOf(name, thrown);
    if (payload === undefined)
      throw new ModuleFault(
        `${name} threw ${thrownText(thrown)}`,
        isError(thrown) ? ownStack(thrown) : undefined,
      );
    if (result?.kind !== 'result')
      throw new ModuleFault(`${name} threw ${shownValue(payload.value)}, and its type has no error.`);
    if (result.err === undefined) return { error: undefined };
    return { error: this.#checked(name, result.err, payload.value, 'error') };
  }

  /** @param what the value is called */
  #checked(name: string, type: WitType, value: unknown, what: string): unknown {
    try {
      return checkedValue(type, value, what, this.#own);
    } catch (cause) {
      if (cause instanceof WrongValue)
        throw new ModuleFault(`${name} has a wrong ${what}: ${cause.message}.`);
      throw new ModuleFault(
        `${name} has an ${what} that can't be read: ${thrownText(cause)}`,
        shownStack(cause),
      );
    }
  }

  readonly #own: OwnResource = (resource, value, path) => {
    const known = this.#classes.get(resource);
    const owner = known && this.#served[known.owner];
    const made: unknown = owner && Reflect.get(this.#modules.get(owner.module) ?? {}, known.name);
    const isRight =
      typeof made === 'function' ? value instanceof made : typeof value === 'object' && value !== null;
    if (!isRight)
      throw new WrongValue(`${path} is ${shownValue(value)}. Expected an instance of ${known?.name}`);
    this.#lastHandle += 1;
    this.#resources.set(this.#lastHandle, value as object);
    return this.#lastHandle;
  };
}

/** The stack of an error down to where this file has called the module. */
function ownStack(thrown: Error): string {
  const lines = shownStack(thrown).split('\n');
  const end = lines.findIndex((line) => line.includes(import.meta.url));
  return (end < 0 ? lines : lines.slice(0, end)).join('\n');
}

/** A function for messages: `acme:payments/api: account.deposit`. */
function nameOf({ description }: ServedImport, func: string): string {
  return `${parseInterfaceName(description.name).unversioned}: ${shownFunction(func)}`;
}

/** A function without what WIT has in front of its name: `account.deposit`, `account` for a constructor. */
export function shownFunction(func: string): string {
  return func.replace(/^\[[a-z]+\]/, '');
}

function invoke(members: object, func: string, values: readonly unknown[]): unknown {
  const { kind, resource, member } = hostName(func);
  if (kind === 'method') {
    const [self, ...rest] = values;
    return call(self as object, member, rest);
  }
  if (resource === undefined) return call(members, member, values);
  const made: unknown = Reflect.get(members, resource);
  if (typeof made !== 'function') throw new ModuleFault(`${resource} is ${shownValue(made)}, and no class.`);
  if (kind === 'static') return call(made, member, values);
  return Reflect.construct(made, values);
}

function call(owner: object, name: string, values: readonly unknown[]): unknown {
  const func: unknown = Reflect.get(owner, name);
  if (typeof func !== 'function') throw new ModuleFault(`${name} is ${shownValue(func)}, and no function.`);
  return Reflect.apply(func, owner, values);
}

/**
 * What a module threw as the error of its function: anything but an `Error`, or the `payload` of one, as jco takes it. Throws a
 * `ModuleFault` where it can't be read.
 */
function payloadOf(name: string, thrown: unknown): { readonly value: unknown } | undefined {
  try {
    if (typeof thrown === 'object' && thrown !== null && Object.hasOwn(thrown, 'payload'))
      return { value: Reflect.get(thrown, 'payload') };
  } catch (cause) {
    throw new ModuleFault(`${name} threw what can't be read: ${thrownText(cause)}`, shownStack(cause));
  }
  return isError(thrown) ? undefined : { value: thrown };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    typeof Reflect.get(value, 'then') === 'function'
  );
}

function isDisposable(value: object): value is Disposable {
  return typeof Reflect.get(value, Symbol.dispose) === 'function';
}
