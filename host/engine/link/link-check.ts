import { casesOf, fieldTypes, layoutOf, maxFlatParams, maxFlatResults } from '../abi/layout.ts';
import { ResourceKinds } from '../abi/resource-kinds.ts';
import type { FunctionType, WitType } from '../decode/wit-type.ts';
import { newKnowledge, Snapshot } from '../reset/snapshot.ts';
import { asyncLoweredForm, calleeForm, liftedForm, loweredForm, postReturnForm } from './core-signature.ts';
import { writeAsyncImport, writeImport } from './import-function.ts';
import { Link } from './link.ts';
import type { CanonicalOptions, CoreFunctionPlan, LiftedFunction } from './link-plan.ts';
import { compileBuiltin } from './made-builtin.ts';
import type { MadeFunction } from './made-function.ts';
import { instructions, ModuleWriter, type Signature, sequence } from './module-writer.ts';
import type { LinkedProgram } from './program.ts';

const reallocType: Signature = { params: ['i32', 'i32', 'i32', 'i32'], results: ['i32'] };
const callbackType: Signature = { params: ['i32', 'i32', 'i32'], results: ['i32'] };
const handleType: Signature = { params: ['i32'], results: [] };
const givesHandle: Signature = { params: ['i32'], results: ['i32'] };

/**
 * Puts a component's core modules together once, with stubs of the right types in place of what is not core wasm: V8 compares
 * types only where one core module meets another, and takes any function of JavaScript for any import.
 * Throws what is wrong: a `LinkError`, or a `TypeError` or `RangeError` with the reason.
 * What a module's start does is done, too, unless the modules given have none.
 *
 * @param onCall told when a start calls a function of the host, or of another component, which then traps
 */
export function checkLink(
  { plan, modules, entry, others = [], suspending, reset }: Omit<LinkedProgram, 'kind'>,
  onCall: () => void = () => {},
): void {
  const link = new Link(plan, modules, stubsOf(plan.functions, suspending, onCall), [], []);
  const cores = link.run();
  const called = plan.functions.flatMap((item) => (item.kind === 'call' ? [item.function] : []));
  const lifted = [entry, ...others, ...called];
  const reallocs = [
    ...lifted.map(({ options }) => options),
    ...plan.functions.flatMap((item) =>
      item.kind === 'import' || item.kind === 'call' ? [item.options] : [],
    ),
  ].flatMap(({ realloc }) => (realloc === undefined ? [] : [realloc]));
  const destructors = [...plan.resources.values()].flatMap(({ destructor }) =>
    destructor === undefined ? [] : [destructor],
  );
  for (const one of lifted) checkLifted(one);
  checkTypes([
    ...lifted.flatMap(({ core, type, options }) => [
      [link.exported(core), calleeForm(type, options)] as const,
      ...(options.callback === undefined ? [] : [[link.exported(options.callback), callbackType] as const]),
      ...(options.postReturn === undefined
        ? []
        : [[link.exported(options.postReturn), postReturnForm(type)] as const]),
    ]),
    ...[...new Set(reallocs)].map((realloc) => [link.exported(realloc), reallocType] as const),
    ...destructors.map((destructor) => [link.exported(destructor), handleType] as const),
  ]);
  if ('problem' in reset) return;
  new Snapshot({ cores, components: link.components, touched: link.touched }, reset, newKnowledge());
}

/** Throws a `LinkError` where a function is not of the type that the host calls it by. */
function checkTypes(functions: readonly (readonly [WebAssembly.CoreFunction, Signature])[]): void {
  const module = new ModuleWriter();
  for (const [index, [, type]] of functions.entries()) module.importFunction('host', `f${index}`, type);
  new WebAssembly.Instance(new WebAssembly.Module(module.finish()), {
    host: Object.fromEntries(functions.map(([made], index) => [`f${index}`, made])),
  });
}

/** Functions that call the host and trap, in place of all that are no exports of core modules. */
function stubsOf(
  functions: readonly CoreFunctionPlan[],
  suspending: ReadonlySet<number>,
  onCall: () => void,
): MadeFunction[] {
  const kinds = new ResourceKinds();
  const module = new ModuleWriter();
  const called = module.importFunction('host', 'called', { params: [], results: [] });
  const code = sequence(instructions.call(called), instructions.unreachable);
  for (const [index, item] of functions.entries()) {
    if (item.kind === 'export') continue;
    const { params, results } = signatureOf(item, kinds, suspending.has(index));
    module.exportFunction(`f${index}`, { params, results }, [], code);
  }
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.finish()), {
    host: { called: onCall },
  });
  return functions.map((item, index) =>
    item.kind === 'export' ? item : { kind: 'stub', value: exports[`f${index}`] as WebAssembly.CoreFunction },
  );
}

/** The core type of a function. Throws a `TypeError` where it lacks a memory, or an allocator, that it needs. */
function signatureOf(
  item: Exclude<CoreFunctionPlan, { kind: 'export' }>,
  kinds: ResourceKinds,
  waits: boolean,
): Signature {
  switch (item.kind) {
    case 'drop':
      return handleType;
    case 'new':
    case 'rep':
      return givesHandle;
    case 'call': {
      checkLowered('a function of another component', item.function.type, item.options);
      const { type } = item.function;
      return item.options.isAsync === true ? asyncLoweredForm(type) : loweredForm(type);
    }
    case 'builtin':
      return compileBuiltin(item.builtin, kinds);
    case 'import': {
      const { type, name, interface: owner } = item.function;
      checkLowered(`${owner} ${name}`, type, item.options);
      if (item.options.isAsync)
        return { params: writeAsyncImport(item.function, kinds).params, results: ['i32'] };
      const { params } = writeImport(item.function, kinds, waits);
      return { params, results: loweredForm(type).results };
    }
  }
}

/** Throws a `TypeError` where a function that is called lacks a memory, or an allocator, that it needs. */
function checkLowered(name: string, type: FunctionType, { memory, realloc }: CanonicalOptions): void {
  if (memory === undefined && needsMemory(type))
    throw new TypeError(`${name} has no memory to pass values in`);
  if (realloc === undefined && type.result !== undefined && hasPointer(type.result))
    throw new TypeError(`${name} has no allocator for what it answers`);
}

/** The same for a function that a guest exports. */
function checkLifted({ type, options: { memory, realloc } }: LiftedFunction): void {
  if (memory === undefined && needsMemory(type))
    throw new TypeError('an export has no memory to pass values in');
  const allocates = type.params.some((param) => hasPointer(param.type)) || liftedForm(type).hasSpilledParams;
  if (realloc === undefined && allocates) throw new TypeError('an export has no allocator for what it takes');
}

function needsMemory({ params, result }: FunctionType): boolean {
  const types = params.map(({ type }) => type);
  if (types.some(hasPointer)) return true;
  if (types.flatMap((type) => layoutOf(type).flat).length > maxFlatParams) return true;
  return result !== undefined && (hasPointer(result) || layoutOf(result).flat.length > maxFlatResults);
}

/** Whether values of the type lie in memory. */
function hasPointer(type: WitType): boolean {
  switch (type.kind) {
    case 'string':
    case 'map':
      return true;
    case 'list':
      return type.length === undefined || hasPointer(type.of);
    case 'record':
    case 'tuple':
      return fieldTypes(type).some(hasPointer);
    case 'variant':
    case 'enum':
    case 'option':
    case 'result':
      return casesOf(type).some((item) => item.type !== undefined && hasPointer(item.type));
    default:
      return false;
  }
}
