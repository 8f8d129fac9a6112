import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseInterfaceName } from '../engine/decode/interface-name.ts';
import type { InterfaceDescription } from '../engine/decode/wit-type.ts';
import type { Transpiler } from '../engine/jco/transpiler.ts';
import type { ExportedFunction } from '../engine/link/link-plan.ts';
import {
  entriesOf,
  type Linkable,
  type LinkedProgram,
  type Linking,
  linkOf,
  type Program,
} from '../engine/link/program.ts';
import { limitMemory, TooMuchMemory } from '../engine/reset/memory-limit.ts';
import { makeResettable } from '../engine/reset/prepare.ts';
import type { ImportedModule } from '../interfaces/imports/imported-module.ts';
import type { EntryRoute, NamedEntry, WatcherEntry } from '../runtime/ipc/protocol.ts';
import type { InstanceMode } from '../settings/host-settings.ts';
import { HostError, reasonOf } from '../shared/host-error.ts';
import { formatSize } from '../shared/size.ts';
import { checkComponent } from './check.ts';
import { mainName } from './entry-parts.ts';
import {
  type EntryPoint,
  handlerEntry,
  isHandler02,
  isMessageHandler,
  isWatcher,
  messageEntryOf,
  watcherEntriesOf,
} from './entry-point.ts';
import { linkingFor } from './linking.ts';
import { checkProgram } from './program-check.ts';
import { type ComponentFile, readComponent } from './read.ts';

/** A component that is ready to be instantiated. */
export interface LoadedComponent {
  /** The main component's. */
  readonly file: ComponentFile;
  readonly program: Program;
  /** The components that the program is made of, in the order of its plan. */
  readonly members: readonly LoadedMember[];
  /** Where several answer requests. */
  readonly routes?: readonly EntryRoute[];
  /** The entries that handle messages; none of them where it is absent. */
  readonly handlers?: readonly NamedEntry[];
  /** The entries that are called for what changes in buckets; none of them where it is absent. */
  readonly watchers?: readonly WatcherEntry[];
  /** Whether a request has nobody to go to: the first entry is none for it. Default: it has. */
  readonly isSilent?: boolean;
  /** What of the program answers requests to a component, by its name. Absent: the first, to the main one. */
  readonly names?: ReadonlyMap<string, number>;
  /** What is to be told of it. */
  readonly warnings?: readonly string[];
}

/** One of the components that a program is made of. */
export interface LoadedMember {
  /** Its name in `dev.components`; absent for the main one. */
  readonly name?: string;
  /** What it imports of the host. */
  readonly imports: readonly InterfaceDescription[];
}

/** How a component will run, as far as its code depends on it. */
export interface LoadOptions {
  /** The most bytes of memory that one instance may have. */
  readonly memory: number;
  readonly instances: InstanceMode;
  /** The function that is called. Default: the handler of requests. */
  readonly entry?: EntryPoint;
  /** What serves imports that the host does not have. Default: nothing. */
  readonly modules?: readonly ImportedModule[];
}

/**
 * Reads and checks a component, and compiles its core modules. One that this host can't link by itself, or any with
 * `KVASI_LOWERING=jco`, is transpiled by jco before.
 * Throws a `HostError` when the file is no component or asks for something that isn't provided.
 *
 * @param onSlow called when transpiling takes more than half a second
 */
export async function loadComponent(
  path: string,
  options: LoadOptions,
  transpiler: Transpiler,
  onSlow: () => void,
): Promise<LoadedComponent> {
  const file = await readComponent(path);
  await checkComponent(file, options.entry, options.modules);
  const { imports, exports } = file.description;
  const program = await programOf(file, options, transpiler, onSlow);
  const handlers = handlersOf(program, () => mainName);
  const watchers = watchersOf(program, () => mainName);
  const warnings = versionWarnings(mainName, exports);
  if (program.kind === 'transpiled' && exports.some(isMessageHandler))
    warnings.push(
      `${path} gets no messages: it can't be linked by kvasi itself, and jco serves requests alone`,
    );
  if (program.kind === 'transpiled' && exports.some(isWatcher))
    warnings.push(
      `${path} is told of no changes: it can't be linked by kvasi itself, and jco serves requests alone`,
    );
  return {
    file,
    program,
    members: [{ imports }],
    ...(handlers.length === 0 ? {} : { handlers }),
    ...(watchers.length === 0 ? {} : { watchers }),
    ...(answersRequests(program, options) ? {} : { isSilent: true }),
    ...(warnings.length === 0 ? {} : { warnings }),
  };
}

/** The entries of a program that handle messages. @param nameOf names the component that exports one */
export function handlersOf(
  program: Program,
  nameOf: (exported: ExportedFunction) => string,
): readonly NamedEntry[] {
  if (program.kind !== 'linked') return [];
  return entriesOf(program).flatMap((exported, entry) =>
    messageEntryOf([exported]) === undefined ? [] : [{ name: nameOf(exported), entry }],
  );
}

/** The entries of a program that are called for what changes in buckets. @param nameOf names the component that exports one */
export function watchersOf(
  program: Program,
  nameOf: (exported: ExportedFunction) => string,
): readonly WatcherEntry[] {
  if (program.kind !== 'linked') return [];
  const found = new Map<string, { set?: number; delete?: number }>();
  for (const [entry, exported] of entriesOf(program).entries()) {
    if (watcherEntriesOf([exported]).length === 0) continue;
    const name = nameOf(exported);
    found.set(name, { ...found.get(name), [exported.name === 'on-set' ? 'set' : 'delete']: entry });
  }
  return [...found].flatMap(([name, { set, delete: remove }]) =>
    set === undefined || remove === undefined ? [] : [{ name, set, delete: remove }],
  );
}

/** What there is to say of a component that exports the handler of messages twice. */
export function versionWarnings(name: string, exports: readonly string[]): string[] {
  const [one, other] = exports.filter(isMessageHandler);
  return one === undefined || other === undefined
    ? []
    : [`${name} exports ${one} and ${other}; only that of 0.3.0 gets messages`];
}

function answersRequests(program: Program, { entry = handlerEntry }: LoadOptions): boolean {
  return entry !== handlerEntry || program.kind !== 'linked' || handlerEntry.isEntry(program.entry);
}

/** Compiles a component and puts it together once, so that what is called ready can run. Throws a `HostError`. */
export async function programOf(
  file: ComponentFile,
  { memory, instances, entry: point = handlerEntry, modules = [] }: LoadOptions,
  transpiler: Transpiler,
  onSlow: () => void,
): Promise<Program> {
  const linking = linkingFor(point, modules);
  const link = linkOf(file.description, linking, entriesFor(file, point));
  if ('problem' in link || process.env.KVASI_LOWERING === 'jco') {
    const handler = point === handlerEntry ? file.description.exports.find(isHandler02) : undefined;
    if (handler !== undefined)
      return await transpiledProgram(file, handler, linking, memory, transpiler, onSlow);
    if ('problem' in link) {
      const [use, what] =
        point.trigger === 'http' ? ['served', 'a handler of WASI 0.3'] : ['run', 'what is no handler'];
      throw new HostError(
        'component',
        `${file.path} can't be ${use}: ${link.problem}. Nobody else can take over ${what}.`,
      );
    }
  }
  return await linkedProgram(link, { memory, instances, entry: point }, () => file.path);
}

/**
 * The functions that are called, where there may be several: the handler of messages and the watcher of a component that answers requests,
 * too, or does not, and the handler of requests of one that runs.
 */
export function entriesFor(
  { description: { link } }: Pick<ComponentFile, 'description'>,
  point: EntryPoint,
): readonly ExportedFunction[] | undefined {
  if ('problem' in link) return undefined;
  const entry = link.exports.find((one) => point.isEntry(one));
  if (point === handlerEntry) {
    const called = [entry, messageEntryOf(link.exports), ...watcherEntriesOf(link.exports)];
    return called.filter((one) => one !== undefined);
  }
  const beside = link.exports.find((one) => point.isBeside?.(one) === true);
  if (entry === undefined || beside === undefined || !entry.type.isAsync) return undefined;
  return [entry, beside];
}

/**
 * Compiles what was linked, and puts it together once. Throws a `HostError`.
 *
 * @param pathOf of the component that a module belongs to
 * @param named the module as it is compiled
 */
export async function linkedProgram(
  { plan: { modules, ...plan }, ...linkable }: Linkable,
  { memory, instances, entry = handlerEntry }: LoadOptions,
  pathOf: (module: number) => string,
  named: (bytes: Uint8Array<ArrayBuffer>, module: number) => Uint8Array<ArrayBuffer> = (bytes) => bytes,
): Promise<LinkedProgram> {
  // What is run goes on for long, and its instance is not used again.
  const resettable =
    entry.trigger === 'run'
      ? { problem: 'each run has an instance of its own' }
      : makeResettable({ ...plan, modules }, { notes: instances === 'fresh' });
  const [rewritten, reset] =
    'problem' in resettable ? [modules, resettable] : [resettable.modules, resettable.plan];
  const prepared = rewritten.map((bytes, module) =>
    named(limited({ path: pathOf(module) }, bytes, memory), module),
  );
  const compiled = await compileAll({ path: pathOf(0) }, prepared);
  const program: LinkedProgram = { kind: 'linked', plan, modules: compiled, ...linkable, reset };
  await checkProgram(pathOf(0), program, prepared);
  return program;
}

function limited(
  { path }: Pick<ComponentFile, 'path'>,
  bytes: Uint8Array<ArrayBuffer>,
  memory: number,
): Uint8Array<ArrayBuffer> {
  try {
    return limitMemory(bytes, memory);
  } catch (cause) {
    if (!(cause instanceof TooMuchMemory)) return bytes;
    const needs = `${formatSize(cause.bytes)} of memory to begin with, and may have ${formatSize(memory)}`;
    throw new HostError(
      'component',
      `${path} needs ${needs}. Raise dev.limits.memory, or dev.limits.totalMemory where that is less.`,
      { cause },
    );
  }
}

async function compileAll(
  { path }: Pick<ComponentFile, 'path'>,
  modules: readonly Uint8Array<ArrayBuffer>[],
): Promise<WebAssembly.Module[]> {
  try {
    return await Promise.all(modules.map((bytes) => WebAssembly.compile(bytes)));
  } catch (cause) {
    const message = `${path} can't be compiled by this Node: ${reasonOf(cause)}. Is it complete?`;
    throw new HostError('component', message, { cause });
  }
}

async function transpiledProgram(
  file: ComponentFile,
  handler: string,
  linking: Linking,
  memory: number,
  transpiler: Transpiler,
  onSlow: () => void,
): Promise<Program> {
  const [{ transpiled }, { transpileOptions }] = await Promise.all([
    import('../engine/jco/cache.ts'),
    import('../engine/jco/transpile.ts'),
  ]);
  const { path, bytes, description } = file;
  const options = transpileOptions(description, linking.suspends, [`${handler}#handle`]);
  const { folder, modules } = await transpiled(path, bytes, options, transpiler, onSlow);
  const names = [...modules.keys()];
  const compiled = await compileAll(
    file,
    [...modules.values()].map((bytes) => limited(file, bytes, memory)),
  );
  return {
    kind: 'transpiled',
    entry: { interface: handler, name: 'handle' },
    glue: pathToFileURL(join(folder, 'component.js')).href,
    modules: new Map(compiled.map((module, index) => [names[index] ?? '', module])),
    labels: description.imports.flatMap(({ name, label }) =>
      label === undefined ? [] : [[label, parseInterfaceName(name).key] as const],
    ),
  };
}
