import type { LinkPlan } from '../link/link-plan.ts';
import { BinaryReader } from './binary-reader.ts';
import { readComponent, type Supply } from './component-reader.ts';
import { addExports, importedInstance, linkOf } from './decode.ts';
import { HostTypes } from './host-types.ts';
import { PlanBuilder } from './plan-builder.ts';
import { whyNotInstance } from './same-type.ts';
import type { InstanceType } from './scope.ts';

/** A component of several that are to be one program. */
export interface Part {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The components before it that serve some of its imports, by the names of these. The others are the host's. */
  readonly served: ReadonlyMap<string, Service>;
}

/** An export that serves an import. */
export interface Service {
  /** The place of the component among the parts. */
  readonly part: number;
  readonly export: string;
}

/** A component does not export what another one imports of it. */
export class Misfit extends Error {
  override readonly name = 'Misfit';
}

/**
 * Puts components together as one component around them would that gives each what it imports: they are instantiated in their order, and
 * calls between them are calls between guests. Throws a `Misfit` where types differ, and what `decodeComponent` throws.
 */
export function compose(parts: readonly Part[]): LinkPlan | { readonly problem: string } {
  const plan = new PlanBuilder();
  const around = plan.addComponent(undefined);
  const types = new HostTypes();
  const exported: ReadonlyMap<string, InstanceType>[] = [];
  for (const [member, { name, bytes, served }] of parts.entries()) {
    const supply: Supply = (item) => {
      const service = served.get(item.name);
      if (item.entity.kind !== 'instance') return item.entity;
      if (service === undefined) {
        const { name: own, label } = item;
        const shared = types.shared(label ?? own, label === undefined ? undefined : own, item.entity.type);
        return { kind: 'instance', type: importedInstance(own, label, shared, member) };
      }
      return { kind: 'instance', type: given(name, item.name, item.entity.type, service, parts, exported) };
    };
    const begin = plan.beginMember(name);
    const exports = readComponent(
      { reader: new BinaryReader(bytes), scope: undefined },
      around,
      plan,
      supply,
    );
    plan.endMember(begin);
    for (const item of exports) addExports(item, plan);
    exported.push(
      new Map(
        exports.flatMap(({ name: own, entity }) =>
          entity.kind === 'instance' ? [[own, entity.type] as const] : [],
        ),
      ),
    );
  }
  return linkOf(plan);
}

function given(
  importer: string,
  wantedName: string,
  wanted: InstanceType,
  service: Service,
  parts: readonly Part[],
  exported: readonly ReadonlyMap<string, InstanceType>[],
): InstanceType {
  const exporter = parts[service.part]?.name;
  const instance = exported[service.part]?.get(service.export);
  if (instance === undefined) throw new Misfit(`${exporter} exports no interface ${service.export}`);
  const reason = whyNotInstance(wanted, instance);
  if (reason === undefined) return instance;
  throw new Misfit(
    `${exporter} does not export ${service.export} as ${importer} imports it (${wantedName}): ${reason}`,
  );
}
