import { parseInterfaceName } from '../engine/decode/interface-name.ts';
import type { InterfaceDescription } from '../engine/decode/wit-type.ts';
import { Transpiler } from '../engine/jco/transpiler.ts';
import type { LinkPlan } from '../engine/link/link-plan.ts';
import { linkOf } from '../engine/link/program.ts';
import { makeResettable } from '../engine/reset/prepare.ts';
import { type ImportedModule, moduleFor } from '../interfaces/imports/imported-module.ts';
import { interfaceOf, providedImports, whyNotProvided } from '../interfaces/provided.ts';
import { entryFor, type HostInterfaceEntry } from '../settings/host-interfaces-setting.ts';
import { DEFAULT_LIMITS } from '../settings/limits.ts';
import { HostError } from '../shared/host-error.ts';
import { checkComponent } from './check.ts';
import { type EntryPoint, handlerEntry, isCalledBesides, isHandler02, runEntry } from './entry-point.ts';
import { checkLabels, whyNoEntry } from './labels.ts';
import { linkingFor } from './linking.ts';
import { entriesFor, programOf } from './load.ts';
import type { ComponentFile } from './read.ts';
import type { Workload } from './workload.ts';

/** `kvasi dev` serves requests with it, or `kvasi run` runs it. */
export type Use = 'serve' | 'run';

export interface InspectedImport {
  readonly name: string;
  /** See `InterfaceDescription.label`. */
  readonly label?: string;
  readonly served: string;
  readonly problem?: string;
}

/** What a component imports and exports, and who serves it. */
export interface Inspection {
  readonly component: string;
  readonly bytes: number;
  readonly imports: readonly InspectedImport[];
  readonly exports: readonly string[];
  /** Who puts it together, and why it is not kvasi where it isn't. */
  readonly linked: string;
  /** How each request gets a fresh instance, and why not by reset where it isn't. */
  readonly fresh: string;
  /** What can be done with it. */
  readonly uses: readonly Use[];
  /** Why it can't be served; of a mere command, why it can't be run. */
  readonly problem?: string;
}

/** What is around a component. */
export interface Surroundings extends Omit<Workload, 'path'> {
  /** Absent where no configuration was looked at: then nobody can tell what labels stand for. */
  readonly hostInterfaces?: readonly HostInterfaceEntry[];
}

/** Looks at a component as it would be served. @param around the components beside it, which may serve imports, and what labels stand for. Default: nothing */
export async function examine(
  file: ComponentFile,
  { hostInterfaces, ...beside }: Surroundings = { components: [], routes: [], imports: [] },
): Promise<Inspection> {
  const workload = { path: file.path, ...beside };
  const several =
    workload.components.length > 0
      ? await (await import('./inspect-several.ts')).inspectSeveral(workload, hostInterfaces)
      : undefined;
  const provided = await providedImports();
  const imports = file.description.imports.map((item) => {
    const { name, label } = item;
    const named = label === undefined ? { name } : { name, label };
    const component = label === undefined ? several?.suppliers.get(name) : undefined;
    if (component !== undefined) return { ...named, served: `the component ${component}` };
    const module = moduleFor(item, workload.imports);
    if (module?.kind === 'file') return { ...named, served: `the module ${module.path}` };
    const problem = whyNotProvided(item, provided) ?? (hostInterfaces && whyNoEntry(item, hostInterfaces));
    if (problem !== undefined) return { ...named, served: 'not provided', problem };
    return { ...named, served: servedBy(item, file.description.imports, hostInterfaces) };
  });
  const { exports } = file.description;
  const isCommand = several === undefined && isMereCommand(exports);
  const unserved =
    several === undefined && !isCommand
      ? await problemOf(file, handlerEntry, { modules: workload.imports, hostInterfaces })
      : several?.problem;
  const canRun = runEntry.isExported(exports);
  const unrun = canRun
    ? await problemOf(file, runEntry, { modules: workload.imports, hostInterfaces })
    : undefined;
  const problem = isCommand ? unrun : unserved;
  return {
    component: file.path,
    bytes: file.bytes.length,
    imports,
    exports,
    ...(several?.runs ?? howItRuns(file)),
    uses: [
      ...(!isCommand && unserved === undefined ? ['serve' as const] : []),
      ...(canRun && unrun === undefined ? ['run' as const] : []),
    ],
    ...(problem === undefined ? {} : { problem }),
  };
}

function howItRuns({ description }: ComponentFile): Pick<Inspection, 'linked' | 'fresh'> {
  const { exports } = description;
  const isCommand = isMereCommand(exports);
  const entry = isCommand ? runEntry : handlerEntry;
  const link = linkOf(description, linkingFor(entry), entriesFor({ description }, entry));
  const canBeTranspiled = exports.some(isHandler02);
  const isAsked = process.env.KVASI_LOWERING === 'jco' ? 'KVASI_LOWERING=jco asks for it' : undefined;
  const problem = 'problem' in link ? link.problem : isAsked;
  if (problem !== undefined && canBeTranspiled)
    return { linked: `by jco: ${problem}`, fresh: 'by new instances' };
  // One without a handler may serve another.
  const isPart =
    'problem' in link &&
    !('problem' in description.link) &&
    !entry.isExported(exports) &&
    !exports.some(isCalledBesides);
  if (isPart)
    return { linked: 'by kvasi, with a component that has a handler', fresh: freshOf(description.link) };
  if ('problem' in link) return { linked: `by nobody: ${link.problem}`, fresh: 'not at all' };
  return {
    linked: 'by kvasi',
    fresh: isCommand ? 'by new instances: each run has one of its own' : freshOf(link.plan),
  };
}

function isMereCommand(exports: readonly string[]): boolean {
  return runEntry.isExported(exports) && !handlerEntry.isExported(exports) && !exports.some(isCalledBesides);
}

function freshOf(plan: LinkPlan): string {
  const resettable = makeResettable(plan);
  return 'problem' in resettable ? `by new instances: ${resettable.problem}` : 'by reset';
}

function servedBy(
  { name, label }: InterfaceDescription,
  imports: readonly InterfaceDescription[],
  hostInterfaces: readonly HostInterfaceEntry[] = [],
): string {
  const owner = interfaceOf(name);
  if (label !== undefined && owner?.hasLabels === true) {
    const entry = entryFor(hostInterfaces, parseInterfaceName(name).package, label);
    if (entry === undefined) return `the entry of dev.host_interfaces with the name ${label}`;
    const { backend } = entry.config;
    return `dev.host_interfaces[${entry.index}]${backend === undefined ? '' : ` (${backend})`}`;
  }
  return owner?.servedBy?.(name, imports) ?? 'the host';
}

interface Known {
  readonly modules: readonly ImportedModule[];
  readonly hostInterfaces: readonly HostInterfaceEntry[] | undefined;
}

async function problemOf(
  file: ComponentFile,
  entry: EntryPoint,
  { modules, hostInterfaces }: Known,
): Promise<string | undefined> {
  const transpiler = new Transpiler();
  try {
    await checkComponent(file, entry, modules);
    if (hostInterfaces !== undefined) checkLabels(file.description.imports, hostInterfaces);
    const options = { memory: DEFAULT_LIMITS.memory, instances: 'fresh', entry, modules } as const;
    await programOf(file, options, transpiler, () => {});
    return undefined;
  } catch (error) {
    if (error instanceof HostError) return error.message;
    throw error;
  } finally {
    await transpiler.close();
  }
}
