import { HostError } from '../shared/host-error.ts';
import { nearestAdvice } from '../shared/nearest.ts';
import { noEntry } from './check.ts';
import { mainName } from './entry-parts.ts';
import { isHandler, isHandler02 } from './entry-point.ts';
import type { Route } from './routes.ts';
import type { NamedComponent, Wiring } from './wiring.ts';

/** Which components answer requests. */
export interface Answering {
  /** The one that answers what no route names, then those of routes, then those that others reach by their names. */
  readonly names: readonly string[];
  /** By the places in `names`. */
  readonly routes: readonly { readonly path: string; readonly entry: number }[];
  readonly warnings: readonly string[];
}

/**
 * Finds out who answers requests: the only component whose HTTP handler serves no other one, else what the routes say, else the main one.
 * Throws a `HostError` where that is nobody, or not clear.
 *
 * @param mayBeNobody whether they have something else to do
 */
export function answering(
  components: readonly NamedComponent[],
  wiring: Wiring,
  routes: readonly Route[],
  mayBeNobody = false,
): Answering {
  const able = components.filter(({ file }) => file.description.exports.some(isHandler));
  for (const route of routes) checkRoute(route, components, able);
  const inner = new Set(
    [...wiring.values()].flatMap((suppliers) =>
      [...suppliers.values()].filter((one) => isHandler(one.export)).map((one) => one.name),
    ),
  );
  const outer = able.filter(({ name }) => !inner.has(name));
  if (able.length === 0 && mayBeNobody) return { names: [], routes: [], warnings: [] };
  const usual = routes.find(({ path }) => path === '')?.component ?? usualOf(components, able, outer);
  const routed = [...new Set([usual, ...routes.map(({ component }) => component)])];
  const isFirstOf02 = is02(able.find(({ name }) => name === usual));
  const named = able.filter((one) => !routed.includes(one.name) && is02(one) === isFirstOf02);
  const names = [...routed, ...named.map(({ name }) => name)];
  const idle = outer.filter(({ name }) => !routed.includes(name));
  return {
    names,
    routes: routes.map(({ path, component }) => ({ path, entry: names.indexOf(component) })),
    warnings: idle.map(({ name }) =>
      names.includes(name)
        ? `${name} exports the HTTP handler, and no request from outside gets there; dev.routes can lead some to it, and other components reach it at http://${name}.internal`
        : `${name} exports the HTTP handler, and no request gets there; dev.routes can lead some to it`,
    ),
  };
}

function is02(component: NamedComponent | undefined): boolean {
  return component?.file.description.exports.some(isHandler02) === true;
}

function usualOf(
  components: readonly NamedComponent[],
  able: readonly NamedComponent[],
  outer: readonly NamedComponent[],
): string {
  const candidates = outer.length > 0 ? outer : able;
  const [only, ...others] = candidates;
  if (only === undefined) {
    const [main] = components;
    if (components.length > 1) {
      throw new HostError(
        'component',
        `none of ${components.map(({ name }) => name).join(', ')} exports wasi:http/incoming-handler 0.2.0 to 0.2.12 or wasi:http/handler 0.3.0 to 0.3.2, so nothing can answer requests.`,
      );
    }
    throw noEntry(main?.file.path ?? '', main?.file.description.exports ?? []);
  }
  if (others.length === 0) return only.name;
  if (candidates.some(({ name }) => name === mainName)) return mainName;
  throw new HostError(
    'component',
    `${candidates.map(({ name }) => name).join(' and ')} export the HTTP handler, and the main component does not. Say in dev.routes who answers, such as { path: /, component: ${only.name} }.`,
  );
}

function checkRoute(
  { component, place }: Route,
  components: readonly NamedComponent[],
  able: readonly NamedComponent[],
): void {
  if (able.some(({ name }) => name === component)) return;
  const found = components.find(({ name }) => name === component);
  if (found !== undefined) {
    throw new HostError(
      'config',
      `${place}: dev.routes names ${component}, which exports no HTTP handler. Name one that does: ${able.map(({ name }) => name).join(', ') || 'there is none'}.`,
    );
  }
  const names = components.map(({ name }) => name);
  const hint = nearestAdvice(component, names, `Expected one of ${names.join(', ')}.`);
  throw new HostError(
    'config',
    `${place}: dev.routes names ${JSON.stringify(component)}, which is no component. ${hint}`,
  );
}
