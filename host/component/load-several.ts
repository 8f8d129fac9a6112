import { compose, Misfit } from '../engine/decode/compose.ts';
import type { ExportedFunction, LinkPlan, MemberPlan } from '../engine/link/link-plan.ts';
import { type KeptMember, type Linkable, type LinkedProgram, linkOf } from '../engine/link/program.ts';
import { withComponentName } from '../engine/module-name.ts';
import { atPlace } from '../settings/at-place.ts';
import { HostError } from '../shared/host-error.ts';
import { type Answering, answering } from './answering.ts';
import { checkImports } from './check.ts';
import type { ComponentEntry } from './component-entry.ts';
import { mainName } from './entry-parts.ts';
import {
  handlerEntry,
  isMessageHandler,
  isWatcher,
  messageEntryOf,
  watcherEntriesOf,
} from './entry-point.ts';
import { linkingFor } from './linking.ts';
import {
  handlersOf,
  type LoadedComponent,
  type LoadOptions,
  linkedProgram,
  versionWarnings,
  watchersOf,
} from './load.ts';
import { readComponent } from './read.ts';
import type { Route } from './routes.ts';
import { importsOfHost, inOrder, type NamedComponent, nearMiss, type Wiring, wire } from './wiring.ts';
import type { Workload } from './workload.ts';

/** One of a workload that takes part. */
interface Member extends NamedComponent {
  readonly entry: ComponentEntry | undefined;
}

/** Several components that are one program. */
export interface LoadedSeveral extends LoadedComponent {
  readonly program: LinkedProgram;
  /** Who serves an import of the main component, by its name, as far as other components do. */
  readonly suppliers: ReadonlyMap<string, string>;
}

/**
 * Reads and checks several components, and puts them together as one program: an instance of it has an instance of each. Throws a
 * `HostError` where one of them can't be served, or they don't fit.
 */
export async function loadSeveral(
  { path, components, routes, imports }: Workload,
  options: LoadOptions,
): Promise<LoadedSeveral> {
  const all = await Promise.all(
    [undefined, ...components].map(
      async (entry): Promise<Member> => ({
        name: entry?.name ?? mainName,
        entry,
        file: await atPlace(entry?.place, () => readComponent(entry?.path ?? path)),
      }),
    ),
  );
  const wiring = wire(all, imports);
  for (const one of all) {
    const hint = (importName: string): string | undefined => {
      if (importName.startsWith('wasi:')) return undefined;
      return (
        nearMiss(importName, one.name, all) ??
        'no component of dev.components exports it, and no module of dev.imports serves it'
      );
    };
    await checkImports(one.file, importsOfHost(one, wiring), { modules: imports, hint });
  }
  const handling = all
    .filter(({ file }) => file.description.exports.some(isMessageHandler))
    .map(({ name }) => name);
  const watching = all.filter(({ file }) => file.description.exports.some(isWatcher)).map(({ name }) => name);
  const answers = answering(all, wiring, routes, handling.length + watching.length > 0);
  const members = inOrder([...answers.names, ...handling, ...watching], all, wiring);
  const link = linked(members, wiring, answers, { handling, watching }, { routes, imports });
  const { members: plans = [] } = link.plan;
  const memberOf = (module: number): number => plans.findIndex(({ end }) => module < end.modules);
  const nameOf = (exported: ExportedFunction): string =>
    plans.find((plan) => isOf(exported, plan))?.name ?? mainName;
  const program = await linkedProgram(
    link,
    options,
    (module) => members[memberOf(module)]?.file.path ?? path,
    (bytes, module) => withComponentName(bytes, members[memberOf(module)]?.name ?? mainName),
  );
  const kept = keptOf(members, wiring);
  const main = all.find(({ name }) => name === mainName);
  if (main === undefined) throw new TypeError('there is a main component');
  const handlers = handlersOf(program, nameOf);
  const watchers = watchersOf(program, nameOf);
  return {
    file: main.file,
    program: kept.size === 0 ? program : { ...program, kept },
    members: members.map((one) => ({
      ...(one.entry === undefined ? {} : { name: one.name }),
      imports: importsOfHost(one, wiring),
    })),
    ...(answers.names.length <= 1 ? {} : { routes: answers.routes }),
    names: new Map(answers.names.map((name, index) => [name, index])),
    ...(handlers.length === 0 ? {} : { handlers }),
    ...(watchers.length === 0 ? {} : { watchers }),
    ...(answers.names.length === 0 ? { isSilent: true } : {}),
    suppliers: new Map([...(wiring.get(mainName) ?? [])].map(([own, supplier]) => [own, supplier.name])),
    warnings: [
      ...answers.warnings,
      ...unused(all, members, answers),
      ...all.flatMap(({ name, file }) => versionWarnings(name, file.description.exports)),
    ],
  };
}

function linked(
  members: readonly Member[],
  wiring: Wiring,
  { names }: Answering,
  { handling, watching }: { readonly handling: readonly string[]; readonly watching: readonly string[] },
  { routes, imports }: Pick<Workload, 'routes' | 'imports'>,
): Linkable {
  const plan = composed(members, wiring);
  const entries = names.map((name) => entryOf(name, plan));
  requireOneVersion(names, entries, routes);
  const handlers = handling.map((name) => messageEntryIn(name, plan));
  const watchers = watching.flatMap((name) => watcherEntriesIn(name, plan));
  const called = [...entries, ...handlers, ...watchers];
  const link = linkOf({ link: plan }, linkingFor(handlerEntry, imports), called);
  if ('problem' in link) throw notTogether(members, link.problem);
  return link;
}

/** Throws a `HostError` for handlers of both WASI 0.2 and 0.3: a worker calls all of them as it calls the first one. */
function requireOneVersion(
  names: readonly string[],
  entries: readonly ExportedFunction[],
  routes: readonly Route[],
): void {
  const isAsync = entries.map(({ type }) => type.isAsync);
  const other = names.find((_, index) => isAsync[index] !== isAsync[0]);
  if (other === undefined) return;
  const [usual, routed] = isAsync[0] === true ? ['0.3', '0.2'] : ['0.2', '0.3'];
  const place = routes.find(({ component }) => component === other)?.place;
  throw new HostError(
    'config',
    `${place}: dev.routes names ${other}, which answers requests as WASI ${routed}, and ${names[0]} does as WASI ${usual}. All that answer requests have to be of the same one: build ${other} for WASI ${usual}, or serve it in a project of its own.`,
  );
}

function composed(members: readonly Member[], wiring: Wiring): LinkPlan {
  try {
    const plan = compose(
      members.map(({ name, file }) => ({
        name,
        bytes: file.bytes,
        served: new Map(
          [...(wiring.get(name) ?? [])].map(([importName, supplier]) => [
            importName,
            { part: members.findIndex((one) => one.name === supplier.name), export: supplier.export },
          ]),
        ),
      })),
    );
    if ('problem' in plan) throw notTogether(members, plan.problem);
    return plan;
  } catch (cause) {
    if (cause instanceof Misfit) throw new HostError('component', `${cause.message}.`, { cause });
    throw cause;
  }
}

function notTogether(members: readonly Member[], problem: string): HostError {
  const names = members.map(({ name }) => name).join(', ');
  return new HostError('component', `${names} can't be put together: ${problem}.`);
}

function entryOf(name: string, { members = [], exports }: LinkPlan): ExportedFunction {
  const member = members.find((one) => one.name === name);
  const entry = exports.find((one) => handlerEntry.isEntry(one) && member !== undefined && isOf(one, member));
  if (entry === undefined)
    throw new HostError('component', `${name} has no handler that is a function of its own.`);
  return entry;
}

function messageEntryIn(name: string, { members = [], exports }: LinkPlan): ExportedFunction {
  const member = members.find((one) => one.name === name);
  const entry = messageEntryOf(exports.filter((one) => member !== undefined && isOf(one, member)));
  if (entry === undefined)
    throw new HostError('component', `${name} has no handler of messages that is a function of its own.`);
  return entry;
}

function watcherEntriesIn(name: string, { members = [], exports }: LinkPlan): ExportedFunction[] {
  const member = members.find((one) => one.name === name);
  return watcherEntriesOf(exports.filter((one) => member !== undefined && isOf(one, member)));
}

function isOf({ component }: ExportedFunction, { begin, end }: MemberPlan): boolean {
  return component >= begin.components && component < end.components;
}

function keptOf(members: readonly Member[], wiring: Wiring): Map<number, KeptMember> {
  const kept = new Map<number, KeptMember>();
  for (const [index, { name, entry }] of members.entries()) {
    if (entry === undefined || entry.poolSize === 0) continue;
    const needed = inOrder([name], members, wiring).filter((one) => one.name !== name);
    kept.set(index, {
      instances: entry.poolSize,
      calls: entry.maxInvocations === 0 ? Number.POSITIVE_INFINITY : entry.maxInvocations,
      along: needed.map((one) => members.indexOf(one)),
    });
  }
  return kept;
}

/** Which components have no part in answering requests. */
function unused(all: readonly Member[], members: readonly Member[], { warnings }: Answering): string[] {
  return all.flatMap(({ name }) =>
    members.some((one) => one.name === name) || warnings.some((text) => text.startsWith(`${name} exports`))
      ? []
      : [`${name} is not used: it answers no requests, and what it exports nobody imports`],
  );
}
