import { parseInterfaceName } from '../engine/decode/interface-name.ts';
import type { InterfaceDescription } from '../engine/decode/wit-type.ts';
import type { HostImports } from '../engine/link/host-imports.ts';
import { hostName } from '../engine/link/host-name.ts';
import { TraceLog } from '../runtime/trace/trace-log.ts';
import { Holdings } from '../runtime/worker/holdings.ts';
import { Lifetime } from '../runtime/worker/lifetime.ts';
import { defaultsOf } from '../settings/resolve-settings.ts';
import { systemClock } from '../shared/clock.ts';
import { Unconstructible } from '../shared/unconstructible.ts';
import type { HostInterface } from './host-interface.ts';
import { type ImportedModule, moduleFor } from './imports/imported-module.ts';
import { importsInterface } from './imports/index.ts';
import { loadedInterfaces, loadInterfaceSettings, loadInterfaces } from './index.ts';
import { tracedOperations } from './traced-operations.ts';

/** The interface that serves an import. @param name with its version */
export function interfaceOf(name: string): HostInterface | undefined {
  const { package: owner, version } = parseInterfaceName(name);
  const served = loadedInterfaces().filter(({ packages }) => Object.hasOwn(packages, owner));
  return served.find(({ packages }) => packages[owner]?.matches.test(version ?? '')) ?? served[0];
}

/** The interfaces that a component imports something of. @param modules what serves imports in place of these. Default: none */
export function interfacesOf(
  imports: readonly InterfaceDescription[],
  modules: readonly ImportedModule[] = [],
): HostInterface[] {
  const served = new Set(
    imports.map((item) =>
      moduleFor(item, modules) === undefined ? interfaceOf(item.name) : importsInterface,
    ),
  );
  return loadedInterfaces().filter((one) => served.has(one));
}

/** Whether a function of the host may answer a promise, for which the guest is suspended; see `Suspends`. */
export function maySuspend(interfaceName: string, func: string): boolean {
  return interfaceOf(interfaceName)?.suspends?.(func) === true;
}

/** Everything that a component may import, as a guest without any surroundings gets it. */
export async function providedImports(): Promise<HostImports> {
  const [interfaces, settings] = await Promise.all([loadInterfaces(), loadInterfaceSettings()]);
  const worker = { clock: systemClock, generation: 1, shared: undefined, post() {}, tell() {} };
  const guest = {
    lifetime: new Lifetime(),
    holdings: new Holdings(),
    trace: new TraceLog(tracedOperations()),
    request: 0,
    command: undefined,
    output: { permit: () => 0, whenReady: () => Promise.resolve() },
    print() {},
    log() {},
  };
  const unconfigured = await defaultsOf(settings);
  const parts = await Promise.all(
    interfaces.map((one) => one.start(one.configure?.(unconfigured, []), worker)),
  );
  const own = interfaces.map((one) => one.configureComponent?.(unconfigured, []));
  return Object.assign({}, ...parts.map((part, index) => part.imports(guest, own[index])));
}

/** Why the host can't serve an import, or `undefined` when it can. */
export function whyNotProvided(item: InterfaceDescription, provided: HostImports): string | undefined {
  if (item.functions.size === 0) return undefined;
  const name = parseInterfaceName(item.name);
  const versions = interfaceOf(item.name)?.packages[name.package];
  if (versions === undefined) return `no package ${name.package} is provided`;
  if (name.version === undefined || !versions.matches.test(name.version)) {
    return `of ${name.package}, the versions ${versionsOf(name.package)} are provided`;
  }
  const functions = provided[name.key];
  if (functions === undefined) return `${name.package} is provided without this interface`;
  for (const func of item.functions.keys()) {
    if (!hasFunction(functions, func)) return `its function ${func} is not provided`;
  }
  return undefined;
}

/** The packages and versions that are provided, one line each. */
export function providedPackages(): string[] {
  const packages = new Set(loadedInterfaces().flatMap((one) => Object.keys(one.packages)));
  return [...packages].map((name) => `${name} ${versionsOf(name)}`);
}

function versionsOf(name: string): string {
  return loadedInterfaces()
    .flatMap(({ packages }) => packages[name]?.text ?? [])
    .join(' and ');
}

/** Looks a WIT function up under the name that jco gives it. */
function hasFunction(functions: Record<string, unknown>, name: string): boolean {
  const { kind, resource, member } = hostName(name);
  if (resource === undefined) return typeof functions[member] === 'function';
  const owner = functions[resource];
  if (typeof owner !== 'function') return false;
  if (kind === 'constructor' || owner.prototype instanceof Unconstructible) return true;
  const holder: unknown = kind === 'static' ? owner : owner.prototype;
  return typeof holder === 'object' || typeof holder === 'function'
    ? typeof Reflect.get(holder ?? {}, member) === 'function'
    : false;
}
