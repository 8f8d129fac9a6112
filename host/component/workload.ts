import type { ComponentEntry } from './component-entries.ts';
import type { Route } from './routes.ts';

/** A main component with others beside it. */
export interface Workload {
  /** Of the main component's file. */
  readonly path: string;
  readonly components: readonly ComponentEntry[];
  readonly routes: readonly Route[];
}

/** The component of settings, with those beside it. */
export function workloadOf({
  component,
  components,
  routes,
}: Pick<Workload, 'components' | 'routes'> & { readonly component: string }): Workload {
  return { path: component, components, routes };
}

/** A component by itself. @param path of its file */
export function workloadOfOne(path: string): Workload {
  return { path, components: [], routes: [] };
}

/** The files that a workload is made of. */
export function filesOf({ path, components }: Workload): string[] {
  return [path, ...components.map((one) => one.path)];
}
