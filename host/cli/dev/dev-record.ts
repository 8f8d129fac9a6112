import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { HostEvents } from '../../composition/host-events.ts';
import type { ResolvedSettings } from '../../composition/settings.ts';
import { rulesOf } from '../../interfaces/keyvalue/configuration/store-rules.ts';
import { keyvalueOperations } from '../../interfaces/keyvalue/operations.ts';
import type { Stores } from '../../interfaces/keyvalue/stores.ts';
import { BucketEntries } from '../../interfaces/keyvalue/transfer/bucket-entries.ts';
import { recordsOf } from '../../interfaces/traced-operations.ts';
import { HostError, reasonOf } from '../../shared/host-error.ts';
import { shownPath } from '../../shared/path.ts';
import type { CommandContext } from '../../terminal/command-context.ts';
import {
  inMemoryOnly,
  leftOutSecrets,
  recordedHost,
} from '../../testing/scenarios/recording/recorded-host.ts';
import { Recording } from '../../testing/scenarios/recording/recording.ts';
import { settle } from '../../testing/scenarios/recording/stabilize.ts';
import { watchedStores } from '../../testing/scenarios/recording/watched-stores.ts';
import { isSendable } from '../../testing/scenarios/schema-step.ts';
import { startStages } from '../../testing/scenarios/start-host-pool.ts';
import type { ServedRequest, ServedResponse } from '../../triggers/http/served-message.ts';
import { type TappedExchange, tapExchange } from '../../triggers/http/tap-exchange.ts';
import { replaceText } from '../replace-text.ts';

/** `kvasi dev --record`: writes what is done with the component to a file of scenarios, after each request. */
export class DevRecorder {
  readonly #path: string;
  readonly #name: string;
  readonly #context: CommandContext;
  #stores: Stores | undefined;
  #recording: Recording | undefined;
  readonly #identifiers = new Set<string>();
  readonly #open = new Set<ServedResponse>();
  #idle = Promise.withResolvers<void>();
  #saved: Promise<void> = Promise.resolve();
  #isSaving = false;
  /** What the file says; undefined: it is not there. */
  #written: string | undefined;
  /** Why the file is not written any more. */
  #problem: string | undefined;

  private constructor(path: string, context: CommandContext) {
    this.#path = path;
    this.#name = shownPath(path, context.cwd);
    this.#context = context;
  }

  /** Throws a `HostError` where the file can't be made or is there already. */
  static async create(file: string, context: CommandContext): Promise<DevRecorder> {
    const path = resolve(context.cwd, file);
    const recorder = new DevRecorder(path, context);
    const name = recorder.#name;
    if (!/\.ya?ml$/.test(path)) {
      throw new HostError(
        'usage',
        `--record is ${JSON.stringify(file)}. Expected a file that ends in .yaml.`,
      );
    }
    if ((await stat(path).catch(() => undefined)) !== undefined) {
      throw new HostError('usage', `--record: ${name} is there already. Name another file, or remove it.`);
    }
    const folder = await stat(dirname(path)).catch(() => undefined);
    if (!folder?.isDirectory()) {
      throw new HostError(
        'usage',
        `--record: there is no folder ${dirname(path)} for ${name}. Make it first.`,
      );
    }
    return recorder;
  }

  /** The same settings with all buckets in memory. */
  settingsFor(resolved: ResolvedSettings): ResolvedSettings {
    for (const name of leftOutSecrets(resolved)) {
      this.#say(`${name} is a secret; ${this.#name} will be without it`);
    }
    const { settings } = resolved;
    return { ...resolved, settings: { ...settings, keyvalue: inMemoryOnly(settings.keyvalue) } };
  }

  /**
   * Begins, when the buckets are as the first request will find them.
   * @param component absolute path
   * @returns the stores that others are to write through
   */
  async begin(resolved: ResolvedSettings, component: string, stores: Stores): Promise<Stores> {
    const { keyvalue } = resolved.settings;
    const { named } = keyvalue;
    const isTimed = rulesOf(keyvalue).some((rule) => typeof rule !== 'string' && rule.ttl !== undefined);
    for (const [identifier, rule] of named) {
      if (typeof rule !== 'string' && rule.seed !== undefined) this.#identifiers.add(identifier);
    }
    this.#stores = stores;
    const host = recordedHost(resolved, component, this.#path);
    const recording = new Recording(this.#path, host, await this.#contents(), isTimed);
    this.#recording = recording;
    return watchedStores(stores, (write) => {
      this.#identifiers.add(write.bucket);
      recording.write(write);
    });
  }

  /** The same events, and what is recorded. */
  events(events: HostEvents): HostEvents {
    return {
      ...events,
      arrived: (request, response) => this.#arrived(request, response),
      request: (report) => {
        for (const { operation, target, error } of recordsOf(report.operations)) {
          const isOpened = error === undefined && operation.interface === keyvalueOperations.interface;
          if (isOpened) this.#identifiers.add(target);
        }
        this.#save();
        events.request(report);
      },
    };
  }

  /** Waits for the requests under way and says what was recorded. To be called while the host is there. */
  async finish(): Promise<void> {
    if (this.#open.size > 0) await this.#idle.promise;
    this.#save();
    await this.#saved;
    const count = this.#recording?.requests ?? 0;
    if (count === 0) {
      this.#say(`no request came, so ${this.#name} was not written`);
      return;
    }
    if (this.#problem !== undefined) return;
    this.#say(`recorded ${count} ${count === 1 ? 'request' : 'requests'} in ${this.#name}`);
    await this.#settle();
  }

  /** What is recorded is to pass at once. */
  async #settle(): Promise<void> {
    await using stages = await startStages(['in_memory'], this.#context);
    const { dropped, problem } = await settle(this.#path, this.#context.cwd, stages, (text, before) =>
      replaceText(this.#path, this.#name, text, before),
    );
    for (const what of new Set(dropped)) this.#say(`not compared, as it differs from run to run: ${what}`);
    if (problem !== undefined) this.#say(`it does not pass when it is run again: ${problem}`);
  }

  #arrived(request: ServedRequest, response: ServedResponse): void {
    if (request.url?.startsWith('/') !== true || request.inner !== undefined) return;
    this.#open.add(response);
    tapExchange(request, response, (exchange) => this.#add(exchange));
    response.once('close', () => {
      this.#open.delete(response);
      if (this.#open.size > 0) return;
      this.#idle.resolve();
      this.#idle = Promise.withResolvers();
    });
  }

  #add(exchange: TappedExchange): void {
    const { method, target, requestBody } = exchange;
    if (isSendable(method, requestBody.length > 0)) this.#recording?.add(exchange);
    else this.#say(`not recorded, as kvasi test can't send it: ${method} ${target}`);
  }

  #save(): void {
    // One that has not begun writes what there is by then.
    if (this.#isSaving) return;
    this.#isSaving = true;
    this.#saved = this.#saved
      .then(async () => {
        this.#isSaving = false;
        await this.#write();
      })
      .catch((error: unknown) => {
        const problem = reasonOf(error);
        if (problem !== this.#problem) this.#say(problem);
        this.#problem = problem;
      });
  }

  async #write(): Promise<void> {
    const recording = this.#recording;
    if (recording === undefined || recording.requests === 0) return;
    const text = recording.text(await this.#contents());
    if (text === this.#written) return;
    await replaceText(this.#path, this.#name, text, this.#written);
    this.#written = text;
    this.#problem = undefined;
  }

  async #contents(): Promise<Map<string, Map<string, Uint8Array>>> {
    const contents = new Map<string, Map<string, Uint8Array>>();
    for (const identifier of this.#identifiers) {
      const entries = new Map<string, Uint8Array>();
      const bucket = await this.#stores?.open(identifier);
      if (bucket === undefined) continue;
      for await (const part of new BucketEntries(bucket).read(undefined, '')) {
        for (const { key, value } of part.entries) entries.set(key, value);
      }
      contents.set(identifier, entries);
    }
    return contents;
  }

  #say(text: string): void {
    this.#context.stderr.problem(`kvasi: ${text}`);
  }
}
