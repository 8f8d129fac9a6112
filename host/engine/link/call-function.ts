import type { GuestMemory } from '../abi/guest-memory.ts';
import { type CoreType, casesOf, fieldTypes, layoutOf } from '../abi/layout.ts';
import { Lift } from '../abi/lift.ts';
import type { ResourceKinds } from '../abi/resource-kinds.ts';
import type { Side } from '../abi/side.ts';
import { Source } from '../abi/source.ts';
import type { AsyncType } from '../async/async-table.ts';
import type { FunctionType, WitType } from '../decode/wit-type.ts';
import type { CallScope } from './call-scope.ts';
import { writeArguments, writeResult } from './callee-side.ts';
import type { ComponentState } from './component-state.ts';
import { type CoreForm, liftedForm, loweredForm } from './core-signature.ts';
import { writeAnswer, writeParameters } from './import-function.ts';
import type { LiftedFunction, LinkPlan, LoweredFunction } from './link-plan.ts';
import { instructions, ModuleWriter, sequence } from './module-writer.ts';
import { runtime } from './runtime.ts';
import { type Scratch, scratch, slotOf } from './scratch.ts';

/** A component instance that takes part in a call. */
export interface CallParty {
  readonly state: ComponentState;
  readonly memory: GuestMemory | undefined;
}

/** What of an instance a call between its guests uses. */
export interface CallParts {
  readonly caller: CallParty;
  readonly callee: CallParty;
  readonly exported: WebAssembly.CoreFunction;
  readonly postReturn: WebAssembly.CoreFunction | undefined;
  /** The component instances that are entered by the call. */
  readonly entered: readonly ComponentState[];
  /** The calls that have not returned, last one last, as far as something is lent for them. */
  readonly scopes: CallScope[];
  readonly types: readonly AsyncType[];
  /** What goes with entering and leaving the callee in a program that uses the asynchronous ABI. */
  readonly enter?: () => void;
  readonly leave?: () => void;
}

/** The functions of the host before and after the callee. */
interface Halves {
  readonly begin: WebAssembly.CoreFunction;
  readonly end: WebAssembly.CoreFunction;
}

type MakeHalves = (parts: CallParts, scratch: Scratch, helpers: typeof runtime) => Halves;

/**
 * What stands between two guests, of which one calls a function of the other: the arguments are lifted from the caller and
 * lowered into the callee, and the result the other way. The host can't be on the stack while the callee runs, because a
 * guest that waits is suspended with all frames above its request's, and only frames of wasm can be. So a function of core wasm
 * calls the host, then the callee, then the host:
 *
 *     (func (export "call") (param …) (result …)
 *       (call $begin (local.get 0) …)
 *       (call $end (call $exported (i32.load offset=0 …) …) (local.get …)))
 *
 * Source: the component model's `CanonicalABI.md`.
 */
export class CompiledCall {
  readonly form: CoreForm;
  readonly calleeForm: CoreForm;
  readonly #module: WebAssembly.Module;
  readonly #make: MakeHalves;

  /** Throws `UnsupportedType`. */
  constructor(
    call: LoweredFunction<LiftedFunction>,
    resources: LinkPlan['resources'],
    entered: number,
    kinds: ResourceKinds,
    usesAsync = false,
  ) {
    const { type } = call.function;
    this.form = loweredForm(type);
    this.calleeForm = liftedForm(type);
    this.#module = new WebAssembly.Module(writeCallModule(this.form, this.calleeForm));
    this.#make = new Function(
      'parts',
      'scratch',
      'r',
      writeHalves(call, resources, entered, kinds, usesAsync),
    ) as MakeHalves;
  }

  instantiate(parts: CallParts): WebAssembly.CoreFunction {
    const { memory } = scratch();
    const { exports } = new WebAssembly.Instance(this.#module, {
      h: { ...this.#make(parts, scratch(), runtime), exported: parts.exported, memory },
    });
    return exports.call as WebAssembly.CoreFunction;
  }
}

/** How a call enters the callee: the flat arguments go through scratch memory where there are several. */
function passesOne({ params }: CoreForm): boolean {
  return params.length === 1;
}

function writeCallModule(form: CoreForm, callee: CoreForm): Uint8Array<ArrayBuffer> {
  const module = new ModuleWriter();
  const { call, get, load } = instructions;
  const begin = module.importFunction('h', 'begin', {
    params: form.params,
    results: passesOne(callee) ? callee.params : [],
  });
  const exported = module.importFunction('h', 'exported', callee);
  const target: readonly CoreType[] = form.hasSpilledResult ? ['i32'] : [];
  const end = module.importFunction('h', 'end', {
    params: [...callee.results, ...target],
    results: form.results,
  });
  module.importMemory('h', 'memory');
  const code = sequence(
    ...form.params.map((_, index) => get(index)),
    call(begin),
    ...(passesOne(callee) ? [] : callee.params.map((core, slot) => load(core, slot))),
    call(exported),
    ...target.map(() => get(form.params.length - 1)),
    call(end),
  );
  module.exportFunction('call', form, [], code);
  return module.finish();
}

function writeHalves(
  { function: { type, options: calleeOptions, component: callee }, options }: LoweredFunction<LiftedFunction>,
  resources: LinkPlan['resources'],
  entered: number,
  kinds: ResourceKinds,
  usesAsync: boolean,
): string {
  const lends = type.params.some((param) => hasBorrow(param.type));
  const form = loweredForm(type);
  const calleeForm = liftedForm(type);
  const scope = lends ? { scope: 's' } : {};
  const table = (name: string): Pick<Side, 'table'> => (usesAsync ? { table: name } : {});
  const caller: Side = {
    memory: 'm',
    handles: 'h',
    encoding: options.encoding,
    kinds,
    ...table('a'),
    ...scope,
  };
  const defines = (resource: WitType): boolean => resources.get(resource)?.component === callee;
  const called: Side = {
    memory: 'cm',
    handles: 'ch',
    encoding: calleeOptions.encoding,
    kinds,
    defines,
    ...table('ca'),
    ...scope,
  };
  const states = usesAsync ? [] : Array.from({ length: entered }, (_, index) => `e[${index}]`);
  const refresh = 'if (m !== undefined) m.refresh(); if (cm !== undefined) cm.refresh();';

  const begin = new Source();
  const types = type.params.map((param) => param.type);
  const { names, values } = writeParameters(types, new Lift(begin, caller), begin);
  const passed = values.map((_, index) => `a${index}`);
  const lower = new Source();
  const flats = writeArguments(type, passed, called, lower);
  if (passesOne(calleeForm)) lower.line(`return ${flats[0]};`);
  else for (const [slot, flat] of flats.entries()) lower.line(putFlat(calleeForm.params[slot], slot, flat));

  const end = new Source();
  const value = writeResult(type, 'f', called, end) ?? 'undefined';
  const { result } = type;
  const finish =
    result === undefined
      ? 'function finish() {}'
      : writeAnswer('finish', result, 'v', form.hasSpilledResult, caller);
  const target = form.hasSpilledResult ? ['q'] : [];
  const flatResult = calleeForm.results.map(() => 'f');
  return [
    "'use strict';",
    'const { caller: { memory: m, state: c }, callee: { memory: cm, state: cc }, entered: e, postReturn, scopes } = parts;',
    usesAsync
      ? 'const { types: t, enter, leave } = parts, { async: { table: a } } = c, { async: { table: ca } } = cc;'
      : '',
    'const { handles: h } = c, { handles: ch } = cc, { i32, i64, f32, f64 } = scratch;',
    finish,
    `function lower(${[...passed, ...(lends ? ['s'] : [])].join(', ')}) {`,
    lower,
    '}',
    `function begin(${[...names, ...target].join(', ')}) {`,
    'if (!c.mayLeave) r.cannotLeave();',
    ...states.map((state) => `if (${state}.isEntered) r.cannotEnter();`),
    ...states.map((state) => `${state}.isEntered = true;`),
    'cc.calls += 1;',
    usesAsync ? 'enter();' : '',
    refresh,
    lends ? 'const s = new r.CallScope(h); scopes.push(s);' : '',
    begin,
    `return lower(${[...values, ...(lends ? ['s'] : [])].join(', ')});`,
    '}',
    `function end(${[...flatResult, ...target].join(', ')}) {`,
    refresh,
    end,
    lends ? 'const s = scopes.pop(); s.end();' : '',
    `const w = finish(${[value, ...target].join(', ')});`,
    `if (postReturn !== undefined) { cc.mayLeave = false; postReturn(${flatResult.join(', ')}); cc.mayLeave = true; }`,
    lends ? 's.giveBack();' : '',
    ...states.map((state) => `${state}.isEntered = false;`),
    usesAsync ? 'leave();' : '',
    'return w;',
    '}',
    'return { begin, end };',
  ].join('\n');
}

/** A statement that passes a flat value on. */
export function putFlat(core: CoreType = 'i32', slot: number, flat: string): string {
  return `${core}[${slotOf(core, slot)}] = ${flat};`;
}

/** Whether values of the type are handles that are lent, or have some within. */
export function hasBorrow(type: WitType): boolean {
  switch (type.kind) {
    case 'borrow':
      return true;
    case 'list':
      return hasBorrow(type.of);
    case 'map':
      return hasBorrow(type.key) || hasBorrow(type.value);
    case 'record':
    case 'tuple':
      return fieldTypes(type).some(hasBorrow);
    case 'variant':
    case 'enum':
    case 'option':
    case 'result':
      return casesOf(type).some((item) => item.type !== undefined && hasBorrow(item.type));
    default:
      return false;
  }
}

/** Throws `UnsupportedType` where the values of a function's type can't be passed. */
export function checkCallable(type: FunctionType): void {
  for (const { type: param } of type.params) layoutOf(param);
  if (type.result !== undefined) layoutOf(type.result);
}
