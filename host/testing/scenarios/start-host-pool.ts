import { stat } from 'node:fs/promises';
import type { BackendName } from '../../interfaces/keyvalue/configuration/backend-settings.ts';
import { HostError, reasonOf } from '../../shared/host-error.ts';
import type { TestHostOptions } from '../options/test-host-options.ts';
import { type FoundBackend, findBackend, type NamedProgram } from '../servers/found-backend.ts';
import { startHost } from '../start-host.ts';
import { type OwnBackend, startBackend } from '../stores/own-backend.ts';
import type { TestHost } from '../test-host.ts';
import type { ScenarioHost } from './scenario.ts';

/** Where backends are looked for, and with which programs. */
export interface StageOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Programs of servers that were named. */
  readonly programs?: Readonly<Partial<Record<BackendName, NamedProgram>>>;
}

/**
 * Looks which of the backends can be had; each is started when it is needed first.
 * @throws {HostError} `usage`, where a program that was named is no server
 */
export async function startStages(
  backends: readonly BackendName[],
  { programs = {}, ...surroundings }: StageOptions,
): Promise<Stages> {
  return new Stages(
    await Promise.all(backends.map((backend) => findBackend(backend, programs[backend], surroundings))),
  );
}

/** Hosts for scenarios, one at a time. */
export class Stages implements AsyncDisposable {
  readonly columns: readonly FoundBackend[];
  /** Also those that are being started, which a run that is ended does not wait for. */
  readonly #backends = new Map<BackendName, Promise<OwnBackend>>();
  #current: { readonly key: string; readonly host: TestHost } | undefined;

  constructor(columns: readonly FoundBackend[]) {
    this.columns = columns;
  }

  /**
   * A host whose buckets are empty; the one before is not to be used any more.
   * Throws a `HostError` where the component can't be served.
   */
  async stage(backend: BackendName, wanted: ScenarioHost): Promise<TestHost> {
    const files = await Promise.all(
      filesOf(wanted).map(async (path) => await stat(path).catch(() => undefined)),
    );
    const key = JSON.stringify([backend, wanted, files.map((file) => [file?.mtimeMs, file?.size])]);
    if (this.#current?.key === key) {
      await this.#current.host.reset();
      return this.#current.host;
    }
    await this.#end();
    const host = await startHost(optionsOf(wanted, (await this.#backend(backend)).entry()));
    this.#current = { key, host };
    return host;
  }

  /** What is there and has to end, for people. */
  get running(): readonly string[] {
    return this.columns.flatMap(({ name, server }) => (this.#backends.has(name) ? (server ?? []) : []));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
    for (const started of this.#backends.values()) {
      const backend = await started.catch(() => undefined);
      await backend?.[Symbol.asyncDispose]();
    }
  }

  async #backend(name: BackendName): Promise<OwnBackend> {
    const { command } = this.columns.find((column) => column.name === name) ?? {};
    const started = this.#backends.get(name) ?? startBackend(name, command);
    this.#backends.set(name, started);
    try {
      return await started;
    } catch (cause) {
      this.#backends.delete(name);
      throw new HostError('backend', `${name} can't be started for tests: ${reasonOf(cause)}`, { cause });
    }
  }

  async #end(): Promise<void> {
    await this.#current?.host.close();
    this.#current = undefined;
  }
}

/** The files of the components that a scenario runs. */
export function filesOf({ component, beside }: ScenarioHost): string[] {
  return [component, ...(beside?.components ?? []).map(({ file }) => file)];
}

function optionsOf(wanted: ScenarioHost, entry: ReturnType<OwnBackend['entry']>): TestHostOptions {
  const { component, environment, config, instances, requestTimeout, clock, seed } = wanted;
  const keyvalue = Object.entries(wanted.keyvalue).map(([identifier, options]) => [
    identifier,
    typeof options === 'string' ? options : { ...entry, ...options },
  ]);
  return {
    component,
    ...wanted.beside,
    ...(wanted.hostInterfaces === undefined ? {} : { hostInterfaces: wanted.hostInterfaces }),
    keyvalue: { default: { ...entry }, ...Object.fromEntries(keyvalue) },
    environment,
    config,
    instances,
    ...(requestTimeout === undefined ? {} : { requestTimeout: `${requestTimeout}ms` }),
    clock,
    seed,
  };
}
