import type { ConfigFile } from './file/config-file.ts';
import type { FileKey } from './file-key.ts';
import type { Report } from './report.ts';

/**
 * All there is to say about a setting. From a list of these come the flags of the commands, the schema of the configuration
 * file, what is resolved and explained, and the tables of the docs.
 */
export interface Setting<Name extends string = string, Value = unknown> {
  /** Its key in what is resolved, and how `kvasi config` calls it. */
  readonly name: Name;
  /** For its flag and the table of settings, one sentence in Markdown. What keys mean, their schemas say. */
  readonly explanation?: string;
  /** What counts where nothing is said, in Markdown. Default: nothing. */
  readonly fallback?: string;
  /** Its keys of the configuration file, strongest first. */
  readonly keys: readonly FileKey[];
  /** Its environment variable; wins over the file. */
  readonly variable?: string | undefined;
  /** Its flag, or the argument of the command; wins over the variable. */
  readonly flag?: Flag | undefined;
  /** All that it can be, where that is a few words. */
  readonly words?: readonly string[] | undefined;
  /** Finds the value, and notes where it came from. What is wrong goes to the report. */
  resolve(sources: Sources): Value | Promise<Value>;
  /** The value as `kvasi config` shows it: keys that begin with the name, and text; undefined where there is none. */
  show(value: Value, origins: Origins): Iterable<readonly [key: string, text: string | undefined]>;
}

/** A flag of the command line. */
export interface Flag<Name extends string = string, Repeats extends boolean = boolean> {
  /** Such as `--log-level`; without dashes it is the command's argument. */
  readonly name: Name;
  /** What it takes, in a word or two: `host:port`. */
  readonly takes: string;
  /** It may be given several times, and each time counts. */
  readonly repeats?: Repeats;
  /** Other words than the setting's are wrong usage, before anything else is looked at. */
  readonly isChoice?: boolean;
}

/** Each setting's key to its source: `default`, `.wash/config.yaml:3:5`, `KVASI_ADDRESS` or `--address`. */
export type Origins = ReadonlyMap<string, string>;

/** Everything that settings are taken from, and what is found out on the way. */
export interface Sources {
  /** Absolute; relative paths of flags and variables start here. */
  readonly cwd: string;
  /** Absolute; relative paths of the file start here. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the command line gives, as typed, by `flagKey`. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly file: ConfigFile | undefined;
  readonly report: Report;
  readonly origins: Map<string, string>;
  /** Keys of the origins whose values must not be shown. */
  readonly secrets: Set<string>;
}

/** What a list of settings comes to, by their names. */
export type ValuesOf<S extends Setting> = {
  readonly [One in S as One['name']]: Awaited<ReturnType<One['resolve']>>;
};

/** What a command line may give for a list of settings. */
export type FlagsOf<S extends Setting> = {
  readonly [One in FlagOf<S> as CamelCase<One['name']>]?: One extends { readonly repeats: true }
    ? readonly string[] | undefined
    : string | undefined;
};

type FlagOf<S> = S extends { readonly flag?: infer Given } ? Extract<Given, Flag> : never;

type CamelCase<Text extends string> = Text extends `--${infer Rest}`
  ? CamelCase<Rest>
  : Text extends `${infer First}-${infer Rest}`
    ? `${First}${Capitalize<CamelCase<Rest>>}`
    : Text;
