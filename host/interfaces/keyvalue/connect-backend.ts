import { StoreError } from './backends/backend.ts';
import type { BackendContext, BackendDefinition } from './backends/definition.ts';
import { checkOptions } from './backends/options.ts';
import { loadBackend, loadBackendModule } from './backends/registry.ts';
import { UniformBackend } from './backends/uniform-backend.ts';
import type { BackendSettings } from './configuration/backend-settings.ts';

/** Loads the backend that settings name. Throws a `StoreError` for a module that is none. */
export async function definitionOf(settings: BackendSettings): Promise<BackendDefinition<unknown>> {
  return settings.kind === 'module'
    ? await loadBackendModule(settings.path)
    : await loadBackend(settings.kind);
}

/** Connects to what settings name. Throws a `StoreError` for options that the backend does not take. */
export async function connectBackend(
  settings: BackendSettings,
  context: BackendContext,
): Promise<UniformBackend> {
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
  return await connectDefinition(definition, checked.value, context);
}

/** Connects a backend of which nothing more is to be checked. */
export async function connectDefinition<Options>(
  { connect, capabilities }: BackendDefinition<Options>,
  options: Options,
  context: BackendContext,
): Promise<UniformBackend> {
  return new UniformBackend(await connect(options, context), capabilities);
}

/** What the backend itself is told; the rest of its entry is about buckets. */
function optionsOf(settings: BackendSettings): object {
  if (settings.kind === 'module') return settings.options;
  const { kind, ttl, prefix, counters, seed, namespace, ...options } = settings;
  return options;
}
