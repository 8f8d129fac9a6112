import { once } from 'node:events';
import { flushCompileCache } from 'node:module';
import { basename } from 'node:path';
import { loadComponent } from '../component/load.ts';
import type { Flags } from '../config/flags.ts';
import { resolveSettings } from '../config/resolve-settings.ts';
import { serve } from '../front/host.ts';
import { HostError } from '../host-error.ts';
import type { CommandContext } from './command-context.ts';
import { jsonOutput, textOutput } from './dev-output.ts';

/** `kvasi dev`: serves a component until the signal is aborted, then answers what is under way. */
export async function dev(flags: Flags, json: boolean, context: CommandContext): Promise<void> {
  const { settings, warnings } = await resolveSettings({ cwd: context.cwd, env: context.env, flags });
  const path = settings.component;
  if (path === undefined) {
    throw new HostError(
      'usage',
      'no component to serve. Name one (kvasi dev app.wasm), or set dev.component_path in .wash/config.yaml.',
    );
  }
  const name = basename(path, '.wasm');
  const output = json ? jsonOutput(name, context) : textOutput(name, settings.logLevel, context);
  for (const warning of warnings) output.warning(warning);

  const component = await loadComponent(path, () => output.transpiling(path));
  const host = await serve(component, settings, output);
  output.serving(component.file, settings, host.url);
  // Kept now, because a server may never end in good order.
  flushCompileCache();
  if (!context.signal.aborted) await once(context.signal, 'abort');
  await host.drain();
  output.end();
}
