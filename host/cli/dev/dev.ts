import { flushCompileCache } from 'node:module';
import { basename, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadComponent } from '../../component/load.ts';
import type { ComponentFile } from '../../component/read.ts';
import type { HostEvents } from '../../composition/component-host.ts';
import { type RunningHost, serve } from '../../composition/serve.ts';
import type { BuildCommand } from '../../dev/build.ts';
import { DevLoop } from '../../dev/dev-loop.ts';
import { ownPaths } from '../../dev/own-paths.ts';
import { Transpiler } from '../../engine/jco/transpiler.ts';
import { RequestLog } from '../../inspector/api/request-log.ts';
import type { Backend } from '../../interfaces/keyvalue/backends/backend.ts';
import { OPERATION_TIMEOUT } from '../../interfaces/keyvalue/backends/definition.ts';
import { ThreadStores } from '../../interfaces/keyvalue/open-stores.ts';
import { seedBuckets } from '../../interfaces/keyvalue/transfer/seed.ts';
import type { Flags } from '../../settings/flags.ts';
import { mostMemory } from '../../settings/limits.ts';
import { resolveSettings } from '../../settings/resolve-settings.ts';
import type { Settings } from '../../settings/settings.ts';
import { HostError } from '../../shared/host-error.ts';
import type { CommandContext } from '../../terminal/command-context.ts';
import { Keyboard } from '../../terminal/keyboard.ts';
import { usualPatience } from '../../terminal/signals.ts';
import { jsonOutput } from './dev-json.ts';
import type { DevOutput } from './dev-output.ts';
import type { DevRecorder } from './dev-record.ts';
import { TextOutput } from './dev-text.ts';
import { type DevActions, devKeys } from './shortcuts.ts';

/** The transpiler gets ready for the first change once the host has served for this long, in milliseconds. */
const warmAfter = 2000;

/** Makes compilers print in colors, although what they print goes through a pipe. */
const colorful = { CARGO_TERM_COLOR: 'always', CLICOLOR_FORCE: '1', FORCE_COLOR: '1' };

export interface DevFlags extends Flags {
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly watch?: boolean;
  /** The file of scenarios that is to be written. */
  readonly record?: string;
  /** A port of its own choice where none is given. */
  readonly inspector: 'off' | { readonly port: number | undefined };
}

/** `kvasi dev`: builds and serves a component, again whenever it changes, until the signal is aborted. */
export async function dev(flags: DevFlags, context: CommandContext): Promise<void> {
  const { signal, terminal } = context;
  const recorder = await recorderOf(flags.record, context);
  const asked = await resolveSettings({ cwd: context.cwd, env: context.env, flags });
  const resolved = recorder?.settingsFor(asked) ?? asked;
  const { settings, warnings } = resolved;
  const path = settings.component;
  if (path === undefined) {
    throw new HostError(
      'usage',
      'no component to serve. Name one (kvasi dev app.wasm), or set dev.component_path in .wash/config.yaml.',
    );
  }
  const name = basename(path, '.wasm');
  const text = new TextOutput(name, settings.logLevel, flags.verbose === true, context);
  const output = flags.json === true ? jsonOutput(name, context) : text;
  // The disk that has its output may be full; nobody who sends a request should suffer from that.
  context.stdout.failed.then((failure) => {
    if (failure instanceof HostError)
      context.stderr.problem(`kvasi: ${failure.message}; requests are served on, and no longer shown`);
  });
  for (const warning of warnings) output.warning(warning);

  const requests = new RequestLog();
  await using running = new AsyncDisposableStack();
  let host: RunningHost | undefined;
  let served: ComponentFile | undefined;
  let link: string | undefined;
  const transpiler = new Transpiler();
  const build = buildOf(settings, path, context);
  const loop = new DevLoop({
    component: path,
    build,
    configFile: settings.configFile,
    own: [
      ...ownPaths(settings),
      ...[flags.record, context.env.KVASI_CACHE_DIR].flatMap((own) => (own ? resolve(context.cwd, own) : [])),
    ],
    outputs: [context.stdout, context.stderr],
    watch: flags.watch !== false,
    isAttended: terminal !== undefined,
    load: (file) =>
      loadComponent(
        file,
        { memory: mostMemory(settings.limits), instances: settings.instances },
        transpiler,
        () => {
          if (host === undefined) output.transpiling(file);
        },
      ),
    events: output,
    signal,
  });
  using keyboard = new DisposableStack();
  let isHeeding = false;
  /** From now on there is something to end in good order, and something for the keys to act upon. */
  const heed = (patience: number): void => {
    context.heedSignals(patience);
    if (isHeeding || terminal === undefined || flags.json === true) return;
    isHeeding = true;
    const actions: DevActions = {
      get url() {
        return host?.url;
      },
      get inspector() {
        return link;
      },
      rebuild: () => loop.again(),
      toggleVerbose: () => {
        text.isVerbose = !text.isVerbose;
        return text.isVerbose;
      },
      quit: () => terminal.interrupt(),
      clear: () => context.stdout.clearScreen(),
      say: (lines) => context.stdout.lines(lines.split('\n')),
      complain: (line) => text.warning(line),
    };
    keyboard.use(new Keyboard(terminal, devKeys(actions)));
  };
  if (build !== undefined) heed(usualPatience);
  let drained: Promise<void> | undefined;
  const onFault = (error: unknown): void => output.fault(error);
  try {
    for await (const component of loop.components()) {
      if (host === undefined) {
        const events = logged(output, flags.inspector === 'off' ? undefined : requests);
        const prepare = async (memory: Backend) => {
          // That a store is away, the guest's own connection tells.
          const context = { now: Date.now, operationTimeout: OPERATION_TIMEOUT, tell: () => {} };
          const stores = new ThreadStores(settings.keyvalue, memory, context);
          running.defer(() => stores.close());
          const seeded = await seedBuckets(settings.keyvalue, stores);
          return { seeded, stores: (await recorder?.begin(resolved, component.file.path, stores)) ?? stores };
        };
        const asked = recorder?.events(events) ?? events;
        const { prepared, ...started } = await serve(component, settings, asked, prepare);
        host = started;
        served = component.file;
        // What ends a request ends nothing else; what is in memory is worth more than a clean stop.
        process.on('uncaughtException', onFault);
        // Requests that are under way take the time that they need.
        heed(Number.POSITIVE_INFINITY);
        drained = aborted(signal).then(async () => {
          await recorder?.finish();
          await started.drain();
          context.heedSignals(usualPatience);
        });
        // Told where it is waited for.
        drained.catch(() => {});
        if (flags.inspector !== 'off') {
          const { startDevInspector } = await import('./dev-inspector.ts');
          const inspector = await startDevInspector({
            url: host.url,
            resolved,
            stores: prepared.stores,
            requests,
            port: flags.inspector.port,
            component: () => served ?? component.file,
            warning: (message) => output.warning(message),
          });
          running.defer(() => inspector.close());
          link = inspector.link;
        }
        output.serving(component.file, settings, { url: host.url, inspector: link, seeded: prepared.seeded });
        // Kept now, because a server may never end in good order.
        flushCompileCache();
        if (flags.watch !== false && component.program.kind === 'transpiled') warmLater(transpiler, signal);
        continue;
      }
      const started = performance.now();
      try {
        // A component that does not get ready is not waited for when the host is to end.
        await Promise.race([host.replace(component), aborted(signal)]);
        if (signal.aborted) break;
        served = component.file;
        output.reloaded(component.file, performance.now() - started);
      } catch (error) {
        if (!(error instanceof HostError)) throw error;
        output.reloadFailed(error.message);
      }
    }
    await drained;
  } finally {
    process.off('uncaughtException', onFault);
    await host?.close();
    await transpiler.close();
    output.end();
  }
}

/** What the host tells is printed, and kept for the inspector. */
function logged(output: DevOutput, requests: RequestLog | undefined): HostEvents {
  return {
    request(report) {
      output.request(report);
      requests?.add(report);
    },
    print: (request, stream, bytes) => output.print(request, stream, bytes),
    warning: (text) => output.warning(text),
    refused: (refusal) => output.refused(refusal),
    fault: (error) => output.fault(error),
    crash: (error) => output.crash(error),
    replaced: () => output.replaced(),
  };
}

/** A component that the command line names is built where the command makes just that one. */
function buildOf(
  { build, directory }: Settings,
  path: string,
  { env, terminal }: CommandContext,
): BuildCommand | undefined {
  const { command, component = path } = build;
  if (command === undefined || component !== path) return undefined;
  const showsColors = terminal !== undefined && env.NO_COLOR === undefined;
  return { command, directory, env: { ...(showsColors ? colorful : {}), ...env, ...build.env } };
}

async function recorderOf(
  file: string | undefined,
  context: CommandContext,
): Promise<DevRecorder | undefined> {
  if (file === undefined) return undefined;
  const { DevRecorder } = await import('./dev-record.ts');
  return await DevRecorder.create(file, context);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function warmLater(transpiler: Transpiler, signal: AbortSignal): void {
  sleep(warmAfter, undefined, { signal, ref: false }).then(
    () => transpiler.warm(),
    () => {},
  );
}
