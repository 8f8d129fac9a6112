/** `wasi:config/store` (and its older name `runtime`): the values of `workload.config`. */
export function config(values: Readonly<Record<string, string>>): Record<string, Record<string, unknown>> {
  const store = {
    get: (key: string): string | undefined => (Object.hasOwn(values, key) ? values[key] : undefined),
    getAll: (): [string, string][] => Object.entries(values),
  };
  return { 'wasi:config/store': store, 'wasi:config/runtime': store };
}
