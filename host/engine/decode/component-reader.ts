import { type BinaryReader, unknown } from './binary-reader.ts';
import { CoreDefinitions } from './core-definitions.ts';
import { readExternName, readNameAttributes } from './decode-names.ts';
import { aliasExport, aliasOuter, readExternType, readSort, readType } from './decode-types.ts';
import type { PlanBuilder } from './plan-builder.ts';
import {
  type ComponentDefinition,
  type Entity,
  emptyInstance,
  type InstanceType,
  other,
  Scope,
} from './scope.ts';

/** An import or an export of a component, with what it stands for. */
export interface Item {
  readonly name: string;
  /** The interface that it is, where it has a name of its own. */
  readonly label: string | undefined;
  readonly sort: number;
  readonly entity: Entity;
}

/** What the import of a component that is instantiated stands for. */
export type Supply = (item: Item) => Entity;

const preambleLength = 8;

/**
 * Reads a component for one instance of it: what it instantiates goes into the plan. Components within are read where they are
 * instantiated, with what they import in place, so that each instance has types and functions of its own.
 * Answers the exports. Throws a RangeError, TypeError or `Undecodable`.
 *
 * @param parent the number of the component instance that makes it; absent for the outermost
 */
export function readComponent(
  { reader, scope: outer }: ComponentDefinition,
  parent: number | undefined,
  plan: PlanBuilder,
  supply: Supply,
): Item[] {
  const scope = new Scope(outer);
  const component = plan.addComponent(parent);
  const core = new CoreDefinitions(scope, plan, component);
  const exports: Item[] = [];
  const content = reader.fork();
  content.slice(preambleLength);
  while (!content.done) {
    const id = content.byte();
    const section = content.slice(content.u32());
    switch (id) {
      case 0:
        break;
      case 1:
        core.readModule(section);
        break;
      case 2:
        section.vector((item) => core.readInstance(item));
        break;
      case 3:
        // Types of core functions and modules are what the modules themselves say.
        break;
      case 4:
        scope.components.push({ kind: 'component', definition: { reader: section, scope } });
        break;
      case 5:
        section.vector((item) => scope.instances.push(readInstance(item, scope, component, plan)));
        break;
      case 6:
        section.vector((item) => readAlias(item, scope, core));
        break;
      case 7:
        section.vector((item) => {
          if (item.peek() !== 0x3f) {
            scope.types.push(readType(item, scope));
            return;
          }
          item.byte();
          core.readResource(item);
        });
        break;
      case 8:
        for (let count = section.u32(); count > 0 && !section.done; count -= 1) core.readCanonical(section);
        break;
      case 10:
        section.vector((item) => {
          const attributes = readNameAttributes(item);
          const declared = readExternType(item, scope);
          scope.add(declared.sort, supply({ ...attributes, ...declared }));
        });
        break;
      case 11:
        section.vector((item) => exports.push(readExport(item, scope)));
        break;
      default:
        plan.note(`it has a section of kind ${id}`);
    }
  }
  return exports;
}

/** An instance of a component within, or of things that are named one by one. */
function readInstance(
  reader: BinaryReader,
  scope: Scope,
  component: number,
  plan: PlanBuilder,
): InstanceType {
  const form = reader.byte();
  if (form > 1) throw unknown('kind of instance', form, reader);
  if (form === 1)
    return { exports: new Map(reader.vector((item) => readItem(item, readExternName(item), scope))) };
  const instantiated = scope.components[reader.u32()];
  const given = new Map(reader.vector((item) => readItem(item, item.name(), scope)));
  if (instantiated?.kind !== 'component') {
    plan.note('it instantiates a component from outside');
    return emptyInstance;
  }
  const exports = readComponent(
    instantiated.definition,
    component,
    plan,
    ({ name }) => given.get(name) ?? other,
  );
  return { exports: new Map(exports.map(({ name, entity }) => [name, entity])) };
}

function readItem(reader: BinaryReader, name: string, scope: Scope): [name: string, entity: Entity] {
  const sort = readSort(reader);
  return [name, scope.at(sort, reader.u32())];
}

function readExport(reader: BinaryReader, scope: Scope): Item {
  const { name, label } = readNameAttributes(reader);
  const sort = readSort(reader);
  const entity = scope.at(sort, reader.u32());
  // What it is declared to be says less than what it is.
  reader.optional((item) => readExternType(item, scope));
  scope.add(sort, entity);
  return { name, label, sort, entity };
}

function readAlias(reader: BinaryReader, scope: Scope, core: CoreDefinitions): void {
  const sort = readSort(reader);
  const target = reader.byte();
  if (target === 2) {
    aliasOuter(sort, reader, scope);
    return;
  }
  const instance = reader.u32();
  const name = reader.name();
  if (target === 1) core.alias(sort, instance, name);
  else aliasExport(sort, instance, name, scope);
}
