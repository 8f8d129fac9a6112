import { once } from 'node:events';
import { basename } from 'node:path';
import { loadComponent } from '../component/load.ts';
import type { Flags } from '../config/flags.ts';
import { resolveSettings } from '../config/resolve-settings.ts';
import { seedBuckets } from '../entries/seed.ts';
import { serve } from '../front/host.ts';
import { ThreadStores } from '../guest/stores.ts';
import { HostError } from '../host-error.ts';
import { RequestLog } from '../inspector/request-log.ts';
import type { CommandContext } from './command-context.ts';
import { jsonOutput, textOutput } from './dev-output.ts';

/** How `kvasi dev` runs, besides its settings. */
export interface DevOptions {
  readonly json: boolean;
  /** A port of its own choice where none is given. */
  readonly inspector: 'off' | { readonly port: number | undefined };
}

/** `kvasi dev`: serves a component until the signal is aborted, then answers what is under way. */
export async function dev(flags: Flags, options: DevOptions, context: CommandContext): Promise<void> {
  const resolved = await resolveSettings({ cwd: context.cwd, env: context.env, flags });
  const { settings, warnings } = resolved;
  const path = settings.component;
  if (path === undefined) {
    throw new HostError(
      'usage',
      'no component to serve. Name one (kvasi dev app.wasm), or set dev.component_path in .wash/config.yaml.',
    );
  }
  const name = basename(path, '.wasm');
  const output = options.json ? jsonOutput(name, context) : textOutput(name, settings.logLevel, context);
  for (const warning of warnings) output.warning(warning);

  const component = await loadComponent(path, () => output.transpiling(path));
  const requests = new RequestLog();
  const host = await serve(component, settings, {
    ...output,
    request(report) {
      output.request(report);
      requests.add(report);
    },
  });
  await using running = new AsyncDisposableStack();
  running.defer(() => host.close());
  // That a store is away, the guest's own connection tells.
  const stores = new ThreadStores(settings.keyvalue, host.memory, {
    now: Date.now,
    operationTimeout: 5000,
    tell: () => {},
  });
  running.defer(() => stores.close());
  const seeded = await seedBuckets(settings.keyvalue, stores);
  let link: string | undefined;
  if (options.inspector !== 'off') {
    const { startDevInspector } = await import('./dev-inspector.ts');
    const inspector = await startDevInspector({
      url: host.url,
      resolved,
      stores,
      requests,
      port: options.inspector.port,
      component: () => component.file,
      warning: output.warning,
    });
    running.defer(() => inspector.close());
    link = inspector.link;
  }
  output.serving(component.file, settings, { url: host.url, inspector: link, seeded });
  if (!context.signal.aborted) await once(context.signal, 'abort');
  await host.drain();
  output.end();
}
