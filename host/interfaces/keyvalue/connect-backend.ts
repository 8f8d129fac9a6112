import { type Backend, StoreError } from './backends/backend.ts';
import type { BackendContext, BackendDefinition } from './backends/definition.ts';
import { checkOptions } from './backends/options.ts';
import { loadBackend, loadBackendModule } from './backends/registry.ts';
import type { BackendSettings } from './configuration/backend-settings.ts';

/** Settings of a backend that connects to something. */
export type ConnectingSettings = Exclude<BackendSettings, { readonly kind: 'in_memory' }>;

/** Loads the backend that settings name. Throws a `StoreError` for a module that is none. */
export async function definitionOf(settings: ConnectingSettings): Promise<BackendDefinition<unknown>> {
  return settings.kind === 'module'
    ? await loadBackendModule(settings.path)
    : await loadBackend(settings.kind);
}

/** Connects to what settings name. Throws a `StoreError` for options that the backend does not take. */
export async function connectBackend(
  settings: ConnectingSettings,
  context: BackendContext,
): Promise<Backend> {
  const definition = await definitionOf(settings);
  const checked = await checkOptions(definition, optionsOf(settings));
  if ('problems' in checked) {
    const reasons = checked.problems.map(({ keys, message }) =>
      [keys.join('.'), message].filter(Boolean).join(': '),
    );
    throw new StoreError(
      'other',
      `the options of backend ${definition.name} can't be used: ${reasons.join('; ')}`,
    );
  }
  return await definition.connect(checked.value, context);
}

/** What the backend itself is told; the rest of its entry is about buckets. */
function optionsOf(settings: ConnectingSettings): object {
  if (settings.kind === 'module') return settings.options;
  const { kind, ttl, prefix, counters, namespace, ...options } = settings;
  return options;
}
