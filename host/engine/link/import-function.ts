import type { Flat } from '../abi/flat.ts';
import type { GuestMemory } from '../abi/guest-memory.ts';
import {
  type CoreType,
  casesOf,
  layoutOf,
  maxFlatAsyncParams,
  maxFlatParams,
  maxFlatResults,
  payloadOffset,
} from '../abi/layout.ts';
import { Lift } from '../abi/lift.ts';
import { Lower } from '../abi/lower.ts';
import type { ResourceKinds } from '../abi/resource-kinds.ts';
import type { Side } from '../abi/side.ts';
import { literal, Source } from '../abi/source.ts';
import type { StringEncoding } from '../abi/string-encoding.ts';
import type { AsyncState } from '../async/async-state.ts';
import type { AsyncTable, AsyncType } from '../async/async-table.ts';
import { subtaskStates } from '../async/subtask.ts';
import type { WitType } from '../decode/wit-type.ts';
import type { Handles } from './handles.ts';
import { hostName } from './host-name.ts';
import type { ImportedFunction } from './link-plan.ts';
import { runtime } from './runtime.ts';

/** What the guest of an instance waits for, or waited for last in this request; it waits for one thing at a time. */
export interface Waiting {
  promise: Promise<unknown> | undefined;
}

/** What a function of the host works with in one instance. */
export interface ImportContext {
  readonly memory: GuestMemory | undefined;
  readonly handles: Handles;
  /** The interface's functions and classes. */
  readonly host: Readonly<Record<string, unknown>>;
  readonly waiting: Waiting;
  /** Of a component that uses the asynchronous ABI. */
  readonly state: AsyncState | undefined;
  readonly types: readonly AsyncType[];
}

/** Makes the core function that a guest calls, for one instance. */
export type ImportFactory = (context: ImportContext) => WebAssembly.CoreFunction;

/**
 * What the core function answers. `result`: the flat result, or nothing. `promise`: that, or a promise of it.
 * `attempt`: 0 when it is done, 1 when `Waiting` has a promise that resolves when it is.
 */
export type ImportForm = 'result' | 'promise' | 'attempt';

export interface CompiledImport {
  readonly factory: ImportFactory;
  readonly form: ImportForm;
  readonly params: readonly CoreType[];
  readonly results: readonly CoreType[];
}

/**
 * Compiles what stands between a guest and one function of the host: it lifts the flat parameters, calls the
 * function and lowers what it answers. The code is written for the function's type, so that nothing is looked up
 * and nothing is allocated that is not part of a value. Source: the component model's `CanonicalABI.md`.
 * Throws `UnsupportedType`.
 *
 * @param waits whether the function may answer a promise
 */
export function compileImport(
  imported: ImportedFunction,
  kinds: ResourceKinds,
  waits: boolean,
  encoding: StringEncoding = 'utf8',
): CompiledImport {
  const { text, ...shape } = writeImport(imported, kinds, waits, encoding);
  return { factory: factoryOf(text), ...shape };
}

/**
 * The same for a function that is lowered asynchronously: where the host needs time, the guest goes on and is told of the end by an
 * event. Throws `UnsupportedType`.
 */
export function compileAsyncImport(
  imported: ImportedFunction,
  kinds: ResourceKinds,
  encoding: StringEncoding,
): CompiledImport {
  const { text, params } = writeAsyncImport(imported, kinds, encoding);
  return { factory: factoryOf(text), form: 'result', params, results: ['i32'] };
}

function factoryOf(text: string): ImportFactory {
  // Compiled by the engine as any other code: the text is made of types, and of names as JSON literals.
  const make = new Function('m', 'h', 'host', 'waiting', 'r', 's', 'a', 't', text) as (
    memory: GuestMemory | undefined,
    handles: Handles,
    host: Readonly<Record<string, unknown>>,
    waiting: Waiting,
    helpers: typeof runtime,
    state: AsyncState | undefined,
    table: AsyncTable | undefined,
    types: readonly AsyncType[],
  ) => WebAssembly.CoreFunction;
  return ({ memory, handles, host, waiting, state, types }) =>
    make(memory, handles, host, waiting, runtime, state, state?.table, types);
}

/** As `writeImport`, for `compileAsyncImport`. */
export function writeAsyncImport(
  { name, type }: ImportedFunction,
  kinds: ResourceKinds,
  encoding: StringEncoding = 'utf8',
): { readonly text: string; readonly params: readonly CoreType[] } {
  const body = new Source();
  const side: Side = { memory: 'm', handles: 'h', table: 'a', encoding, kinds };
  const { names, cores, values } = writeParameters(
    type.params.map((param) => param.type),
    new Lift(body, side),
    body,
    maxFlatAsyncParams,
  );
  const { result } = type;
  const hasResult = result !== undefined && layoutOf(result).flat.length > 0;
  const last = hasResult ? ', q' : '';
  const canFail = result?.kind === 'result';
  const refresh = 'if (m !== undefined) m.refresh();';
  const call = writeCall(name, values);
  body.line(
    canFail
      ? `let v; try { v = ${call}; } catch (e) { refuse(r.payloadOf(e)${last}); return ${returned}; }`
      : `const v = ${call};`,
  );
  const finish = `(w) => { ${refresh} finish(w${last}); }`;
  const refuse = canFail ? `(e) => { const p = r.payloadOf(e); ${refresh} refuse(p${last}); }` : 'undefined';
  body.line(`if (r.isPending(v)) return s.beginCall(v, ${finish}, ${refuse});`);
  body.line(`finish(v${last}); return ${returned};`);
  const text = [
    "'use strict';",
    writeFinish(result, hasResult, side),
    `return function (${[...names, ...(hasResult ? ['q'] : [])].join(', ')}) {`,
    refresh,
    body,
    '};',
  ].join('\n');
  return { text, params: hasResult ? [...cores, 'i32'] : cores };
}

/** What a call that has ended answers a guest that need not wait for it. */
const returned = subtaskStates.returned;

/** The text of a function that makes the core function. */
export function writeImport(
  { name, type }: ImportedFunction,
  kinds: ResourceKinds,
  waits: boolean,
  encoding: StringEncoding = 'utf8',
): { readonly text: string } & Omit<CompiledImport, 'factory'> {
  const body = new Source();
  const lends = lendsOf(name, type.params);
  const side: Side = { memory: 'm', handles: 'h', table: 'a', encoding, kinds };
  const { names, cores, values } = writeParameters(
    type.params.map((param) => param.type),
    new Lift(body, side, lends === undefined ? undefined : 'lends'),
    body,
  );
  const result = type.result;
  const flatResults = result === undefined ? 0 : layoutOf(result).flat.length;
  const isSpilled = flatResults > maxFlatResults;
  const form = !waits ? 'result' : flatResults === 1 ? 'promise' : 'attempt';
  const last = isSpilled ? ', q' : '';
  const end = (call: string): string => (form === 'attempt' ? `${call}; return 0;` : `return ${call};`);
  const refuse = result?.kind === 'result' ? `refuse(r.payloadOf(e)${last})` : undefined;
  const answer = writeCall(name, values);
  // A guest that waits on its stack breaks nothing off.
  const call = type.isAsync && waits ? `r.promiseOf(${answer})` : answer;
  body.line(
    refuse === undefined ? `const v = ${call};` : `let v; try { v = ${call}; } catch (e) { ${end(refuse)} }`,
  );
  if (waits) {
    const then = `v.then((w) => finish(w${last})${refuse === undefined ? '' : `, (e) => ${refuse}`})`;
    const wait = `waiting.promise = ${then}; return ${form === 'attempt' ? '1' : 'waiting.promise'};`;
    body.line(`if (v instanceof Promise) { ${wait} }`);
  }
  body.line(end(`finish(v${last})`));
  const text = [
    "'use strict';",
    ...(lends === undefined ? [] : [`const lends = ${lends};`]),
    writeFinish(result, isSpilled, side),
    `return function (${[...names, ...(isSpilled ? ['q'] : [])].join(', ')}) {`,
    'if (m !== undefined) m.refresh();',
    body,
    '};',
  ].join('\n');
  const results = result === undefined || isSpilled ? [] : layoutOf(result).flat;
  return { text, form, params: isSpilled ? [...cores, 'i32'] : cores, results };
}

/**
 * Whether bytes are lent to a function: a class of the host whose `lends` is true takes them so in all its methods. Answers an
 * expression; undefined where the function takes no list of bytes.
 */
function lendsOf(name: string, params: ImportedFunction['type']['params']): string | undefined {
  const { kind, resource } = hostName(name);
  if (kind !== 'method' || resource === undefined) return undefined;
  const takesBytes = params.some(({ type }) => type.kind === 'list' && type.of.kind === 'u8');
  return takesBytes ? `host[${literal(resource)}]?.lends === true` : undefined;
}

/** Lifts the parameters of a core function from the memory `m`. */
export function writeParameters(
  types: readonly WitType[],
  lift: Lift,
  body: Source,
  most = maxFlatParams,
): { names: string[]; cores: readonly CoreType[]; values: string[] } {
  const whole: WitType = { kind: 'tuple', of: types };
  const { flat, size, align } = layoutOf(whole);
  if (flat.length > most) {
    const pointer = body.constant(`m.range(p0, ${size}, ${align})`);
    const tuple = lift.memory(whole, pointer, 0);
    return { names: ['p0'], cores: ['i32'], values: types.map((_, index) => `${tuple}[${index}]`) };
  }
  const names = flat.map((_, index) => `p${index}`);
  const flats: Flat[] = flat.map((core, index) => ({ expression: `p${index}`, core }));
  return { names, cores: flat, values: types.map((type) => lift.flat(type, flats)) };
}

/** The functions `finish`, and `refuse` where the function may fail: they lower the result. */
function writeFinish(result: WitType | undefined, isSpilled: boolean, side: Side): string {
  if (result === undefined) return 'function finish() {}';
  if (result.kind !== 'result') return writeAnswer('finish', result, 'v', isSpilled, side);
  const [ok, err] = casesOf(result);
  return [
    writeCase('finish', result, 0, ok?.type, isSpilled, side),
    writeCase('refuse', result, 1, err?.type, isSpilled, side),
  ].join('\n');
}

/** The function that lowers a value, to the flat value that it answers or to where `q` points. */
export function writeAnswer(
  name: string,
  type: WitType,
  value: string,
  isSpilled: boolean,
  side: Side,
): string {
  const source = new Source();
  const lower = new Lower(source, side);
  const { size, align } = layoutOf(type);
  if (isSpilled) {
    const pointer = source.constant(`m.target(q, ${size}, ${align})`);
    lower.memory(type, value, pointer, 0);
  } else if (layoutOf(type).flat.length > 0) {
    source.line(`return ${lower.flat(type, value)};`);
  }
  return `function ${name}(${value}${isSpilled ? ', q' : ''}) {\n${source}\n}`;
}

/** A case of the result, without the object that stands for it elsewhere. */
function writeCase(
  name: string,
  result: WitType,
  index: number,
  payload: WitType | undefined,
  isSpilled: boolean,
  side: Side,
): string {
  if (!isSpilled) return `function ${name}() { return ${index}; }`;
  const source = new Source();
  const { size, align } = layoutOf(result);
  const pointer = source.constant(`m.target(q, ${size}, ${align})`);
  source.line(`m.view.setUint8(${pointer}, ${index});`);
  if (payload !== undefined && result.kind === 'result') {
    const offset = payloadOffset([result.ok, result.err]);
    new Lower(source, side).memory(payload, 'v', pointer, offset);
  }
  return `function ${name}(v, q) {\n${source}\n}`;
}

function writeCall(name: string, values: readonly string[]): string {
  const { kind, resource, member } = hostName(name);
  const owner = resource === undefined ? 'host' : `host[${literal(resource)}]`;
  switch (kind) {
    case 'constructor':
      return `new ${owner}(${values.join(', ')})`;
    case 'method': {
      const [self, ...rest] = values;
      return `${self}[${literal(member)}](${rest.join(', ')})`;
    }
    default:
      return `${owner}[${literal(member)}](${values.join(', ')})`;
  }
}
