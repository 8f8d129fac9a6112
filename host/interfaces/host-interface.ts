import type { InterfaceDescription } from '../engine/decode/wit-type.ts';
import type { PoolPart, RuntimeInterface } from '../runtime/interface.ts';
import type { Setting, ValuesOf } from '../settings/setting.ts';
import type { CommandPart } from './command-part.ts';
import type { InspectorPart } from './inspector-part.ts';

/** Versions of a package that the host serves, and how to say so. */
export interface PackageVersions {
  readonly matches: RegExp;
  readonly text: string;
}

/** WASI 0.2, whose later versions only add to the earlier ones. */
export const wasi02: PackageVersions = { matches: /^0\.2\.\d+$/, text: '0.2.0 to 0.2.12' };

/** WASI 0.3, and the candidate that Spin 4.0 builds against. */
export const wasi03: PackageVersions = {
  matches: /^0\.3\.(?:[012]|0-rc-2026-03-15)$/,
  text: '0.3.0 to 0.3.2',
};

/** What a test's host says besides settings. */
export interface TestSettings {
  /** Makes what is random the same each time. Default: chance. */
  readonly seed?: number | string;
}

/** A part of an interface that is loaded when it is needed. */
type Load<T> = () => Promise<T>;

/**
 * An interface of the host: everything that a component may import of one package or a few that belong together, and what the host
 * has around it. Each is a folder beside this file whose `index.ts` exports it, and a line of the table in `index.ts`.
 *
 * What is neither needed at the start nor in a worker is loaded by a function. The descriptors of its settings are listed in
 * `settings.ts`: the command line is made from them, before any interface is loaded.
 */
export interface HostInterface<
  Config = unknown,
  Pool extends PoolPart = PoolPart,
  Settings extends readonly Setting[] = readonly [],
> extends RuntimeInterface<Config, Pool> {
  /** The packages that it serves: `wasi:clocks`. */
  readonly packages: Readonly<Record<string, PackageVersions>>;
  /** Whether a function may answer a promise, for which the guest is suspended. Default: none may. @param func its name in WIT */
  suspends?(func: string): boolean;
  /** Throws a `TypeError` that says why it can't serve a component with these imports, although it has all functions. */
  check?(imports: readonly InterfaceDescription[]): void;
  /**
   * Rejects with a `HostError` where what its settings name can't be used, such as a file that is not there. Asked where a host is started
   * for a component that imports it, and nowhere else: other commands read the same configuration.
   */
  requireUsable?(settings: ValuesOf<Settings[number]>): Promise<void>;
  /** Who serves an import, for `kvasi inspect`. Default: `the host`. @param name of the interface, with its version */
  servedBy?(name: string, imports: readonly InterfaceDescription[]): string | undefined;
  /** What it is started with on each worker: what a structured clone can take along. Default: nothing. */
  configure?(
    settings: ValuesOf<Settings[number]> & TestSettings,
    imports: readonly InterfaceDescription[],
  ): Config;
  /**
   * What `WorkerPart.imports` is given for one component of the host, which may have settings of its own: what a structured clone can take
   * along. Default: nothing.
   *
   * @param settings of the component
   * @param imports of the component alone
   */
  configureComponent?(
    settings: ValuesOf<Settings[number]> & TestSettings,
    imports: readonly InterfaceDescription[],
  ): unknown;
  /**
   * Whether imports with a label are others than those without: each of its packages has an entry of `dev.host_interfaces` for every label
   * that is imported. Default: a label is no more than a name.
   */
  readonly hasLabels?: boolean;
  /** What the inspector has for it. */
  readonly inspector?: Load<InspectorPart>;
  /** What the command line has for it. */
  readonly commands?: Load<CommandPart>;
}
