import { basename, resolve } from 'node:path';
import { loadWorkload } from '../../component/load-workload.ts';
import { moduleFiles, workloadOf } from '../../component/workload.ts';
import { componentPlace, resolveSettings, type Settings } from '../../composition/settings.ts';
import { DevLoop } from '../../dev/dev-loop.ts';
import { ownPaths } from '../../dev/own-paths.ts';
import { Transpiler } from '../../engine/jco/transpiler.ts';
import { readAtPlace } from '../../settings/at-place.ts';
import { mostMemory } from '../../settings/limits.ts';
import { HostError } from '../../shared/host-error.ts';
import type { CommandContext } from '../../terminal/command-context.ts';
import { usualPatience } from '../../terminal/signals.ts';
import { Attention } from './attention.ts';
import { buildCommandOf } from './build-command.ts';
import { devActions } from './dev-actions.ts';
import type { DevFlags } from './dev-flags.ts';
import { DevHost } from './dev-host.ts';
import { jsonOutput } from './dev-json.ts';
import type { DevRecorder } from './dev-record.ts';
import { TextOutput } from './dev-text.ts';

/** `kvasi dev`: builds and serves a component, again whenever it changes, until the signal is aborted. */
export async function dev(flags: DevFlags, context: CommandContext): Promise<void> {
  const recorder = await recorderOf(flags.record, context);
  const asked = await resolveSettings({ cwd: context.cwd, env: context.env, flags });
  const resolved = recorder?.settingsFor(asked) ?? asked;
  const { settings, warnings } = resolved;
  const path = componentOf(settings);
  const text = new TextOutput(basename(path, '.wasm'), settings.logLevel, flags.verbose === true, context);
  const output = flags.json === true ? jsonOutput(basename(path, '.wasm'), context) : text;
  tellWhenOutputFails(context);
  for (const warning of warnings) output.warning(warning);

  await using ends = new AsyncDisposableStack();
  const transpiler = new Transpiler();
  const build = buildCommandOf(settings, path, context);
  const host = new DevHost({
    flags,
    resolved,
    recorder,
    output,
    context,
    transpiler,
    begun: (patience) => attention.begin(patience),
  });
  const loop = new DevLoop({
    component: path,
    beside: [...settings.components.map((one) => one.path), ...moduleFiles(settings.imports)],
    build,
    configFile: settings.configFile,
    own: ownFiles(settings, flags, context),
    outputs: [context.stdout, context.stderr],
    watch: flags.watch !== false,
    isAttended: context.terminal !== undefined,
    load: (file) =>
      readAtPlace(componentPlace(resolved), () =>
        loadWorkload(
          workloadOf({ ...settings, component: file }),
          { memory: mostMemory(settings.limits), instances: settings.instances },
          transpiler,
          () => {
            if (host.url === undefined) output.transpiling(file);
          },
        ),
      ),
    events: output,
    signal: context.signal,
  });
  const attention = new Attention(
    context,
    flags.json === true ? undefined : devActions(host, loop, text, context),
  );
  ends.use(attention);
  ends.defer(() => output.end());
  ends.defer(() => transpiler.close());
  ends.use(host);
  if (build !== undefined) attention.begin(usualPatience);
  for await (const component of loop.components()) await host.serve(component, loop.changed);
  await host.drained();
}

function componentOf({ component }: Settings): string {
  if (component !== undefined) return component;
  throw new HostError(
    'usage',
    'no component to serve. Name one (kvasi dev app.wasm), or set dev.component_path in .wash/config.yaml.',
  );
}

/** Files and folders that are no sources, as the host or the component writes them. */
function ownFiles(settings: Settings, { record }: DevFlags, { cwd, env }: CommandContext): string[] {
  const named = [record, env.KVASI_CACHE_DIR].flatMap((own) => (own ? resolve(cwd, own) : []));
  const service = settings.service === undefined ? [] : [settings.service.file];
  return [...ownPaths(settings), ...named, ...service];
}

/** The disk that has the output may be full; nobody who sends a request should suffer from that. */
function tellWhenOutputFails({ stdout, stderr }: CommandContext): void {
  stdout.failed.then((failure) => {
    if (failure instanceof HostError)
      stderr.problem(`kvasi: ${failure.message}; requests are served on, and no longer shown`);
  });
}

async function recorderOf(
  file: string | undefined,
  context: CommandContext,
): Promise<DevRecorder | undefined> {
  if (file === undefined) return undefined;
  const { DevRecorder } = await import('./dev-record.ts');
  return await DevRecorder.create(file, context);
}
