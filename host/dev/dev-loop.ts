import { relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadedComponent } from '../component/load.ts';
import { HostError } from '../shared/host-error.ts';
import { readPlainFile } from '../shared/plain-file.ts';
import type { PrintedOutput } from '../terminal/printed-output.ts';
import { type BuildCommand, type OnBuildOutput, runBuild } from './build.ts';
import { loadSettled } from './load-settled.ts';
import type { Sources } from './sources.ts';
import { watchPath } from './watch-path.ts';

/** Changes that come within this time are one, in milliseconds. */
const debounce = 50;
/** Files that never stop changing do not hold a build up for longer, in milliseconds. */
const longestDebounce = 1000;

/** What the loop tells. */
export interface DevLoopEvents {
  /** @param changed the files that changed, from the project's folder; none when it was asked for */
  building(command: string, changed: readonly string[]): void;
  buildOutput: OnBuildOutput;
  built(milliseconds: number): void;
  buildFailed(reason: string): void;
  /** The component can't be used, and why; a component that is served goes on. */
  reloadFailed(reason: string): void;
  warning(text: string): void;
}

export interface DevLoopOptions {
  /** The component's file. */
  readonly component: string;
  /** The files of the components beside it. */
  readonly beside: readonly string[];
  /** Makes it. Default: somebody else does. */
  readonly build: BuildCommand | undefined;
  readonly configFile: string | undefined;
  /** Files and folders that are no sources, as the host or the component writes them. */
  readonly own: readonly string[];
  /** Where this program prints: a file with that is no source either. */
  readonly outputs: readonly PrintedOutput[];
  /** Whether changes are acted upon. */
  readonly watch: boolean;
  /** Whether somebody is there who repairs a first build that fails; else that is an error. */
  readonly isAttended: boolean;
  readonly load: (path: string) => Promise<LoadedComponent>;
  readonly events: DevLoopEvents;
  readonly signal: AbortSignal;
}

/** Builds and loads a component again whenever it changes. */
export class DevLoop {
  readonly #options: DevLoopOptions;
  readonly #aborted: Promise<never>;
  #sources: Sources | undefined;
  #wake = Promise.withResolvers<void>();
  #changes = 0;
  /** Build and load whether or not something has changed, as at the start. */
  #isForced = true;
  /** The bytes that were loaded last, or refused. */
  #seen: readonly (Buffer | undefined)[] = [];
  /** Those of the component that was yielded last. */
  #served: readonly (Buffer | undefined)[] = [];
  #changed: readonly string[] = [];

  constructor(options: DevLoopOptions) {
    this.#options = options;
    const { signal } = options;
    this.#aborted = new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    this.#aborted.catch(() => {});
  }

  /** The files of components that are others than those of the component before. */
  get changed(): readonly string[] {
    return this.#changed;
  }

  /** Builds and loads again, even where nothing has changed. */
  again(): void {
    this.#isForced = true;
    this.#notice();
  }

  /**
   * Each good component in turn; ends when the signal is aborted. Throws a `HostError` when there is none to begin
   * with and nobody to repair it.
   */
  async *components(): AsyncGenerator<LoadedComponent, void, void> {
    const { build, isAttended, watch, signal } = this.#options;
    const stop = watch ? await this.#watch() : async () => {};
    let canWait = isAttended && watch && build !== undefined;
    try {
      for (;;) {
        const component = await this.#attempt(canWait);
        if (component !== undefined) {
          canWait = true;
          const { component: path, beside } = this.#options;
          this.#changed = [path, ...beside].filter((_, index) => this.#isOther(index));
          this.#served = this.#seen;
          yield component;
        }
        await this.#nextChange();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      await stop();
    }
  }

  /** Does what there is to do. Answers a component that is new. */
  async #attempt(canWait: boolean): Promise<LoadedComponent | undefined> {
    const { build, events, signal } = this.#options;
    const isForced = this.#isForced;
    this.#isForced = false;
    try {
      const changed = (await this.#sources?.changed()) ?? [];
      if (build !== undefined && (isForced || changed.length > 0)) await this.#build(build, changed);
      return await this.#load(isForced);
    } catch (error) {
      if (!canWait || !(error instanceof HostError) || signal.aborted) throw error;
      if (error.code === 'build') events.buildFailed(error.message);
      else events.reloadFailed(error.message);
      return undefined;
    }
  }

  async #build(build: BuildCommand, changed: readonly string[]): Promise<void> {
    const { events, signal } = this.#options;
    events.building(
      build.command,
      changed.map((path) => relative(build.directory, path)),
    );
    const started = performance.now();
    const ended = this.#sources?.begin();
    const failure = await runBuild(build, (stream, bytes) => events.buildOutput(stream, bytes), signal);
    ended?.();
    if (failure !== undefined) {
      throw new HostError('build', `the build failed: ${failure} (${build.command}).`);
    }
    events.built(performance.now() - started);
  }

  async #load(isForced: boolean): Promise<LoadedComponent | undefined> {
    const { component: path, beside, load, signal } = this.#options;
    const paths = [path, ...beside];
    const before = isForced ? [] : this.#seen;
    const read = async (): Promise<LoadedComponent | undefined> => {
      const seen = await Promise.all(paths.map((one) => readPlainFile(one).catch(() => undefined)));
      if (seen.every((bytes, index) => bytes !== undefined && before[index]?.equals(bytes) === true))
        return undefined;
      this.#seen = seen;
      return await load(path);
    };
    // What is there at the very start is not being written.
    if (this.#changes === 0) return await read();
    return await loadSettled(paths, read, signal);
  }

  /** Whether a file is not what the component before was made of. */
  #isOther(index: number): boolean {
    const seen = this.#seen[index];
    return seen === undefined || this.#served[index]?.equals(seen) !== true;
  }

  /** Answers how to end that. */
  async #watch(): Promise<() => Promise<void>> {
    const { component, beside, build, configFile, own, outputs, events } = this.#options;
    const stops: (() => unknown)[] = [component, ...beside].map((path) =>
      watchPath(path, () => this.#notice()),
    );
    if (configFile !== undefined) {
      const restart = `${configFile} has changed; end kvasi and start it again to have that used`;
      stops.push(watchPath(configFile, () => events.warning(restart)));
    }
    if (build !== undefined) {
      const { Sources } = await import('./sources.ts');
      const sources = new Sources({
        folder: build.directory,
        others: new Set([component, ...beside, configFile ?? component, ...own]),
        outputs,
        onChange: () => this.#notice(),
        warning: (text) => events.warning(text),
      });
      this.#sources = sources;
      stops.push(() => sources.close());
    }
    return async () => {
      await Promise.all(stops.map((stop) => stop()));
    };
  }

  #notice(): void {
    this.#changes += 1;
    this.#wake.resolve();
  }

  /** Resolves when something has changed since the last time, and has stopped changing. */
  async #nextChange(): Promise<void> {
    const { signal } = this.#options;
    await Promise.race([this.#wake.promise, this.#aborted]);
    const deadline = performance.now() + longestDebounce;
    let seen: number;
    do {
      seen = this.#changes;
      await sleep(debounce, undefined, { signal });
    } while (seen !== this.#changes && performance.now() < deadline);
    this.#wake = Promise.withResolvers();
  }
}
