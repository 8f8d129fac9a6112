import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ResourceKinds } from '../../host/engine/abi/resource-kinds.ts';
import { decodeComponent } from '../../host/engine/decode/decode.ts';
import { compileFunctions } from '../../host/engine/link/compile-functions.ts';
import { liftedForm } from '../../host/engine/link/core-signature.ts';
import { Entry } from '../../host/engine/link/entry.ts';
import { compileExport } from '../../host/engine/link/export-function.ts';
import { GuestCallee } from '../../host/engine/link/guest-callee.ts';
import { Link } from '../../host/engine/link/link.ts';
import { isAsync, type LinkPlan } from '../../host/engine/link/link-plan.ts';
import { linkOf } from '../../host/engine/link/program.ts';

/** What `wasm-tools json-from-wast` writes, as far as it is run here. */
type Command =
  | { readonly type: 'module'; readonly line: number; readonly filename: string }
  | {
      readonly type: 'module_definition';
      readonly line: number;
      readonly name?: string;
      readonly filename: string;
    }
  | { readonly type: 'module_instance'; readonly line: number; readonly module?: string }
  | {
      readonly type: 'assert_return';
      readonly line: number;
      readonly action: Action;
      readonly expected?: readonly Value[];
    }
  | { readonly type: 'action'; readonly line: number; readonly action: Action }
  | {
      readonly type: 'assert_trap' | 'assert_uninstantiable';
      readonly line: number;
      readonly action?: Action;
      readonly filename?: string;
    };

interface Action {
  readonly field: string;
  readonly args?: readonly Value[];
}

interface Value {
  readonly type: string;
  readonly value?: unknown;
}

/** What of a file was run: how many assertions held, and what did not. */
export interface SuiteResult {
  readonly passed: number;
  readonly failed: readonly string[];
}

type Call = (args: readonly unknown[]) => Promise<unknown>;

/** Runs the commands of one file of the component model's suite. Those that ask for a validator are left out. */
export async function runSuite(folder: string, file: string): Promise<SuiteResult> {
  const { commands } = JSON.parse(await readFile(join(folder, file), 'utf8')) as {
    commands: readonly Command[];
  };
  const definitions = new Map<string | undefined, Uint8Array>();
  const failed: string[] = [];
  let passed = 0;
  let current: Map<string, Call> | string = 'nothing is instantiated';
  const read = async (name: string): Promise<Uint8Array> =>
    new Uint8Array(await readFile(join(folder, name)));
  const invoke = async ({ field, args = [] }: Action): Promise<unknown> => {
    if (typeof current === 'string') throw new Error(current);
    const call = current.get(field);
    if (call === undefined) throw new Error(`there is no export ${field}`);
    return call(args.map(valueFrom));
  };
  for (const command of commands) {
    const { line, type } = command;
    try {
      switch (type) {
        case 'module':
          current = instanceOf(await read(command.filename));
          break;
        case 'module_definition': {
          const bytes = await read(command.filename);
          definitions.set(command.name, bytes);
          definitions.set(undefined, bytes);
          break;
        }
        case 'module_instance':
          current = instanceOf(definitions.get(command.module) ?? new Uint8Array());
          break;
        case 'action':
          await invoke(command.action);
          passed += 1;
          break;
        case 'assert_return': {
          const result = await invoke(command.action);
          const expected = command.expected?.map(valueFrom)[0];
          if (!isSame(result, expected))
            throw new Error(`answers ${show(result)} in place of ${show(expected)}`);
          passed += 1;
          break;
        }
        case 'assert_trap':
        case 'assert_uninstantiable':
          try {
            if (command.action !== undefined) await invoke(command.action);
            else if (command.filename !== undefined) instanceOf(await read(command.filename));
          } catch (error) {
            if (!(error instanceof WebAssembly.RuntimeError)) throw error;
            passed += 1;
            break;
          }
          throw new Error('does not trap');
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (type.startsWith('module')) current = reason;
      failed.push(`${line}: ${type}: ${reason}`);
    }
  }
  return { passed, failed };
}

/** The exports of a component whose functions are tasks. A trap ends all of them. */
function tasksOf(link: LinkPlan): Map<string, Call> {
  const kinds = new ResourceKinds();
  const modules = link.modules.map((module) => new WebAssembly.Module(module));
  const functions = compileFunctions(link, new Set(), kinds);
  const linking = new Link(link, modules, functions, [], [], kinds.asyncTypes);
  linking.run();
  let end: unknown;
  const called = new Set<(thrown: unknown) => void>();
  const fail = (thrown: unknown): void => {
    end ??= thrown;
    for (const one of called) one(thrown);
  };
  for (const { async: state } of linking.components) if (state !== undefined) state.fail = fail;
  return new Map(
    link.exports.map((exported) => {
      const call = new GuestCallee(exported, link.resources, kinds, { by: 'host' }).instantiate(
        linking.callee(exported),
      );
      return [
        exported.name,
        (args) =>
          new Promise((resolve, reject) => {
            if (end !== undefined) throw end;
            called.add(reject);
            let isOver = false;
            const returned = (value: unknown): void => {
              isOver = true;
              resolve(value);
            };
            call(() => args, { returned, cancelled() {}, ended() {}, failed: fail });
            void quiet().then(() => {
              if (!isOver) fail(new WebAssembly.RuntimeError('nothing can go on'));
            });
          }),
      ] as const;
    }),
  );
}

/** All that can happen without the outside has happened. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** The exports of a component, to be called one after the other. */
function instanceOf(bytes: Uint8Array): Map<string, Call> {
  const { link } = decodeComponent(bytes);
  if ('problem' in link) throw new Error(link.problem);
  if (isAsync(link)) return tasksOf(link);
  const calls = new Map<string, Call>();
  const [first] = link.exports;
  const checked =
    first &&
    linkOf(
      { link },
      {
        suspends: () => false,
        isEntry: (one) => one === first,
      },
    );
  if (checked !== undefined && 'problem' in checked) throw new Error(checked.problem);
  const kinds = new ResourceKinds();
  const modules = link.modules.map((module) => new WebAssembly.Module(module));
  const linking = new Link(link, modules, compileFunctions(link, new Set(), kinds), [], []);
  linking.run();
  for (const exported of link.exports) {
    const { name, core, type, options, component } = exported;
    const form = liftedForm(type);
    const flats: (number | bigint)[] = [];
    const state = linking.component(component);
    const host = compileExport(exported, kinds)(linking.memory(options, component), state.handles);
    const postReturn = options.postReturn === undefined ? undefined : linking.exported(options.postReturn);
    let result: unknown;
    const run = new Entry(form, postReturn !== undefined).bind(linking.exported(core), postReturn, {
      args: form.params.map((_, index) => () => flats[index] ?? 0),
      result: (flat) => {
        result = host.lift(flat);
      },
      done: () => 0,
      rest: () => Promise.resolve(),
    });
    calls.set(name, async (args) => {
      host.lower(args, flats);
      result = undefined;
      await run();
      return result;
    });
  }
  return calls;
}

/** A value of the suite as the host has it. */
function valueFrom({ type, value }: Value): unknown {
  switch (type) {
    case 's64':
    case 'u64':
      return BigInt(String(value));
    case 'f32':
    case 'f64':
      return floatOf(String(value), type);
    case 'bool':
      return value === true || value === 'true';
    case 'char':
    case 'string':
    case 'enum':
      return value;
    case 'list':
    case 'tuple':
      return (value as readonly Value[]).map(valueFrom);
    case 'record':
      return Object.fromEntries(
        (value as readonly [string, Value][]).map(([name, item]) => [camel(name), valueFrom(item)]),
      );
    case 'flags':
      return Object.fromEntries((value as readonly string[]).map((name) => [camel(name), true]));
    case 'option':
      return value === null || value === undefined ? undefined : valueFrom(value as Value);
    case 'variant': {
      const { case: tag, payload } = value as { case: string; payload?: Value };
      return payload === undefined || payload === null ? { tag } : { tag, val: valueFrom(payload) };
    }
    case 'result': {
      const [[tag, payload] = ['ok', undefined]] = Object.entries(value as Record<string, Value | undefined>);
      return {
        tag: tag === 'Ok' || tag === 'ok' ? 'ok' : 'err',
        val: payload ? valueFrom(payload) : undefined,
      };
    }
    default:
      return Number(value);
  }
}

/** The suite writes floats as the integers of their bits, or as what NaN they are. */
function floatOf(text: string, type: 'f32' | 'f64'): number {
  if (text.startsWith('nan')) return Number.NaN;
  const view = new DataView(new ArrayBuffer(8));
  if (type === 'f32') view.setUint32(0, Number(text));
  else view.setBigUint64(0, BigInt(text));
  return type === 'f32' ? view.getFloat32(0) : view.getFloat64(0);
}

function camel(label: string): string {
  return label.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function isSame(a: unknown, b: unknown): boolean {
  return show(a) === show(b);
}

function show(value: unknown): string {
  return (
    JSON.stringify(value, (_, item: unknown) => {
      if (typeof item === 'bigint') return `${item}n`;
      if (typeof item === 'number' && Number.isNaN(item)) return 'NaN';
      if (ArrayBuffer.isView(item)) return [...(item as Uint8Array)];
      if (isFlags(item))
        return Object.keys(item)
          .filter((name) => item[name])
          .sort();
      return item;
    }) ?? 'undefined'
  );
}

function isFlags(item: unknown): item is Record<string, boolean> {
  return (
    typeof item === 'object' &&
    item !== null &&
    !Array.isArray(item) &&
    Object.values(item).every((value) => typeof value === 'boolean')
  );
}
