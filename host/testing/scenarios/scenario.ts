import type { HostInterfaceOptions, HostOptions } from '../../composition/options/host-options.ts';
import type { BackendName } from '../../interfaces/keyvalue/configuration/backend-settings.ts';
import type { KeyPath } from '../../settings/file/parsed-file.ts';
import type { InstanceMode } from '../../settings/host-settings.ts';
import type { StoreFault } from '../faults/fault.ts';
import type { Outgoing } from '../outgoing/outgoing.ts';
import type { WantedBytes } from './bytes.ts';

/** Adds a rule for what the component sends. */
export type AddRule = (outgoing: Outgoing) => void;

/** A fault of a host, or that the store, or one bucket of it, can not be reached. */
export type ScenarioFault = StoreFault & { readonly partition?: true };

/** Buckets by identifier, and in each what is under its keys. */
export type Buckets<V> = ReadonlyMap<string, ReadonlyMap<string, V>>;

/** What is particular about the bucket of an identifier. */
export type IdentifierOptions =
  | 'deny'
  | 'no-such-store'
  | { readonly ttl?: number; readonly counters?: 'ascii' | 'wash' };

/** How a component is run for a scenario. */
export interface ScenarioHost {
  /** Absolute path. */
  readonly component: string;
  /** The components beside it, with the routes between them. Default: none. */
  readonly beside?: Pick<HostOptions, 'components' | 'routes' | 'imports'>;
  readonly environment: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<string, string>>;
  readonly keyvalue: Readonly<Record<string, IdentifierOptions>>;
  /** What imports get by their labels; what they store is in memory. Default: nothing. */
  readonly hostInterfaces?: readonly HostInterfaceOptions[];
  readonly instances: InstanceMode;
  /** Milliseconds; the host's default where undefined. */
  readonly requestTimeout: number | undefined;
  readonly clock: 'system' | 'frozen' | Date;
  readonly seed: number;
}

/** A request, and what its answer has to be. */
export interface RequestStep {
  readonly kind: 'request';
  /** Where it stands in the file. */
  readonly at: KeyPath;
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array | undefined;
  readonly expected: ExpectedAnswer;
  /** Patterns of the requests that the component has to send meanwhile; undefined: any. */
  readonly sends: readonly string[] | undefined;
  /** Patterns of what components have to publish meanwhile; undefined: anything. */
  readonly messages: readonly string[] | undefined;
}

/** A message, and what has to become of it. */
export interface PublishStep {
  readonly kind: 'publish';
  /** Where it stands in the file. */
  readonly at: KeyPath;
  readonly subject: string;
  readonly body: Uint8Array;
  readonly replyTo: string | undefined;
  readonly outcome: 'handled' | 'failed' | 'nobody';
  /** Undefined: any, or none. */
  readonly reply: WantedBytes | undefined;
  /** As of a request. */
  readonly messages: readonly string[] | undefined;
}

export interface ExpectedAnswer {
  /** How it is written: not at all, as a status alone, or as a section. */
  readonly form: 'none' | 'status' | 'parts';
  /** Undefined: any below 500. */
  readonly status: number | undefined;
  /** By name; null: it must not be there. */
  readonly headers: ReadonlyMap<string, string | RegExp | null>;
  /** Undefined: any. */
  readonly body: WantedBytes | undefined;
  /** Whether it comes to its end. */
  readonly isComplete: boolean;
}

/** One thing that happens; undefined as a value deletes a key. */
export type Step =
  | RequestStep
  | PublishStep
  | { readonly kind: 'advance'; readonly at: KeyPath; readonly milliseconds: number }
  | { readonly kind: 'write'; readonly at: KeyPath; readonly buckets: Buckets<Uint8Array | undefined> }
  | { readonly kind: 'faults'; readonly at: KeyPath; readonly faults: readonly ScenarioFault[] }
  | { readonly kind: 'outgoing'; readonly at: KeyPath; readonly rules: readonly AddRule[] };

export interface Scenario {
  readonly name: string;
  /** Where it stands in the file. */
  readonly at: KeyPath;
  readonly host: ScenarioHost;
  /** The backends that it is not for, and why. */
  readonly skip: ReadonlyMap<BackendName, string>;
  readonly before: Buckets<Uint8Array>;
  readonly steps: readonly Step[];
  readonly after: Buckets<WantedBytes>;
}
