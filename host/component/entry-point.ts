import type { ExportedFunction } from '../engine/link/link-plan.ts';
import { wasi03 } from '../interfaces/host-interface.ts';

const handler02 = /^wasi:http\/incoming-handler@0\.2\.\d+$/;
const handler03 = versioned('wasi:http/handler');
const run02 = /^wasi:cli\/run@0\.2\.\d+$/;
const messages02 = /^wasmcloud:messaging\/handler@0\.2\.0$/;
const messages03 = /^wasmcloud:messaging\/handler@0\.3\.0$/;
const watcher = /^wasmcloud:keyvalue\/watcher@0\.2\.0$/;
const run = 'wasi:cli/run 0.2.0 to 0.2.12 or 0.3.0 to 0.3.2';
const run03 = versioned('wasi:cli/run');

/** The function of a component that is called. */
export interface EntryPoint {
  /** How its calls come: the name of a trigger. */
  readonly trigger: 'http' | 'run';
  /** What it is, for whoever named a component that lacks it: `X, so it can't …`. */
  readonly wanted: string;
  isEntry(exported: Pick<ExportedFunction, 'interface' | 'name' | 'type'>): boolean;
  /** Another one that is called beside it in the same instance, where the component has it and both are asynchronous. */
  isBeside?(exported: Pick<ExportedFunction, 'interface' | 'name'>): boolean;
  /** Whether a component has it, by the names of its exports. */
  isExported(exports: readonly string[]): boolean;
}

/** Whether an exported interface is the one that answers requests. */
export function isHandler(interfaceName: string): boolean {
  return isHandler02(interfaceName) || handler03.test(interfaceName);
}

/** Whether it is one of WASI 0.2, which jco can serve too. */
export function isHandler02(interfaceName: string): boolean {
  return handler02.test(interfaceName);
}

/** Whether an exported interface is `wasi:cli/run`. */
export function isRun(interfaceName: string): boolean {
  return run02.test(interfaceName) || run03.test(interfaceName);
}

/** Whether an exported interface handles messages. */
export function isMessageHandler(interfaceName: string): boolean {
  return messages02.test(interfaceName) || messages03.test(interfaceName);
}

/** The export of a component that handles messages; of both versions that of 0.3.0 does. Source: wash. */
export function messageEntryOf<Exported extends Pick<ExportedFunction, 'interface' | 'name'>>(
  exported: readonly Exported[],
): Exported | undefined {
  const handlers = exported.filter(
    ({ interface: owner, name }) =>
      owner !== undefined && isMessageHandler(owner) && name === 'handle-message',
  );
  return handlers.find(({ interface: owner }) => messages03.test(owner ?? '')) ?? handlers[0];
}

/** Whether an exported interface is called for what changes in buckets. */
export function isWatcher(interfaceName: string): boolean {
  return watcher.test(interfaceName);
}

/** Whether a component that exports an interface has something to do besides requests: it handles messages, or watches buckets. */
export function isCalledBesides(interfaceName: string): boolean {
  return isMessageHandler(interfaceName) || isWatcher(interfaceName);
}

/** The functions of a component that are called for what changes in buckets. */
export function watcherEntriesOf<Exported extends Pick<ExportedFunction, 'interface'>>(
  exported: readonly Exported[],
): Exported[] {
  return exported.filter(({ interface: owner }) => owner !== undefined && isWatcher(owner));
}

/** What answers requests. */
export const handlerEntry: EntryPoint = {
  trigger: 'http',
  wanted:
    "wasi:http/incoming-handler 0.2.0 to 0.2.12 or wasi:http/handler 0.3.0 to 0.3.2, so it can't answer requests",
  isEntry: ({ interface: owner, name }) => owner !== undefined && isHandler(owner) && name === 'handle',
  isExported: (exports) => exports.some(isHandler),
};

/** What makes a component a command. */
export const runEntry: EntryPoint = {
  trigger: 'run',
  wanted: `${run}, so it can't be run`,
  isEntry: ({ interface: owner, name }) => owner !== undefined && isRun(owner) && name === 'run',
  isExported: (exports) => exports.some(isRun),
};

/** The same for what runs beside the component that answers requests. */
export const serviceEntry: EntryPoint = {
  ...runEntry,
  wanted: `${run}, so it can't be a service`,
  isBeside: ({ interface: owner = '', name }) => handler03.test(owner) && name === 'handle',
};

/** The same for what is run at certain times. */
export const scheduledEntry: EntryPoint = {
  ...runEntry,
  wanted: `${run}, so the schedule has to name a function as its export`,
};

/** A function without parameters. @param name `interface#function`, or that of a function outside of interfaces */
export function namedEntry(name: string): EntryPoint {
  const [owner, func] = name.includes('#') ? name.split('#', 2) : [undefined, name];
  return {
    trigger: 'run',
    wanted: `${name} as a function without parameters, so it can't be called`,
    isEntry: ({ interface: exporter, name: exported, type }) =>
      exporter === owner && exported === func && type.params.length === 0,
    isExported: (exports) => exports.includes(owner ?? name),
  };
}

function versioned(interfaceName: string): RegExp {
  return new RegExp(`^${interfaceName}@${wasi03.matches.source.slice(1)}`);
}
