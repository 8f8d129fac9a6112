import type { ImportedModule } from '../interfaces/imports/imported-module.ts';
import type { ComponentEntry } from './component-entry.ts';
import type { Route } from './routes.ts';

/** A main component with others beside it. */
export interface Workload {
  /** Of the main component's file. */
  readonly path: string;
  readonly components: readonly ComponentEntry[];
  readonly routes: readonly Route[];
  /** What serves imports that the host does not have. */
  readonly imports: readonly ImportedModule[];
}

/** The component of settings, with those beside it. */
export function workloadOf({
  component,
  components,
  routes,
  imports,
}: Pick<Workload, 'components' | 'routes' | 'imports'> & { readonly component: string }): Workload {
  return { path: component, components, routes, imports };
}

/** A component by itself. @param path of its file */
export function workloadOfOne(path: string, imports: readonly ImportedModule[] = []): Workload {
  return { path, components: [], routes: [], imports };
}

/** The files that a workload is made of. */
export function filesOf({ path, components, imports }: Workload): string[] {
  return [path, ...components.map((one) => one.path), ...moduleFiles(imports)];
}

/** The files among modules. */
export function moduleFiles(imports: readonly ImportedModule[]): string[] {
  return imports.flatMap((module) => (module.kind === 'file' ? [module.path] : []));
}
