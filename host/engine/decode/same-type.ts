import type { InstanceType } from './scope.ts';
import { functionText, namesOf, type TypeNames } from './wit-text.ts';
import type { FunctionType, WitType } from './wit-type.ts';

/** Which resource of the one side stands for which of the other. */
type Resources = ReadonlyMap<WitType, WitType>;

/**
 * Why an instance can't be given where another one is asked for, or `undefined` where it can: it needs every function and every resource
 * of it, with the same types. It may have more.
 */
export function whyNotInstance(wanted: InstanceType, given: InstanceType): string | undefined {
  const resources = new Map<WitType, WitType>();
  for (const [name, entity] of wanted.exports) {
    if (entity.kind !== 'type' || entity.type.kind !== 'resource') continue;
    const found = given.exports.get(name);
    if (found?.kind !== 'type' || found.type.kind !== 'resource') return `it has no resource ${name}`;
    resources.set(entity.type, found.type);
  }
  for (const [name, entity] of wanted.exports) {
    if (entity.kind !== 'function') continue;
    const found = given.exports.get(name);
    if (found?.kind !== 'function')
      return `it has no function ${functionText(name, entity.type, resourceNames(wanted))}`;
    if (!isSameFunction(entity.type, found.type, resources)) {
      const asked = functionText(name, entity.type, resourceNames(wanted));
      const has = functionText(name, found.type, resourceNames(given));
      return asked === has
        ? `the types of ${asked} are others there`
        : `it has ${has}, and asked for is ${asked}`;
    }
  }
  return undefined;
}

/** Of resources only: of the others the parts are what differs. */
function resourceNames({ exports }: InstanceType): TypeNames {
  return namesOf(
    [...exports].flatMap(([name, entity]) =>
      entity.kind === 'type' && entity.type.kind === 'resource' ? [[name, entity.type] as const] : [],
    ),
  );
}

function isSameFunction(one: FunctionType, other: FunctionType, resources: Resources): boolean {
  return (
    one.isAsync === other.isAsync &&
    one.params.length === other.params.length &&
    one.params.every(({ type }, index) => isSame(type, other.params[index]?.type, resources)) &&
    isSame(one.result, other.result, resources)
  );
}

/** Whether two types have the same values; names count, as they do in the component model. */
function isSame(one: WitType | undefined, other: WitType | undefined, resources: Resources): boolean {
  if (one === other) return true;
  if (one === undefined || other === undefined) return false;
  if (one.kind === 'resource') return resources.get(one) === other;
  const same = (a: WitType | undefined, b: WitType | undefined): boolean => isSame(a, b, resources);
  switch (one.kind) {
    case 'list':
      return other.kind === 'list' && one.length === other.length && same(one.of, other.of);
    case 'option':
      return other.kind === 'option' && same(one.of, other.of);
    case 'stream':
    case 'future':
      return other.kind === one.kind && same(one.of, other.of);
    case 'result':
      return other.kind === 'result' && same(one.ok, other.ok) && same(one.err, other.err);
    case 'record':
      return other.kind === 'record' && areSameNamed(one.fields, other.fields, same);
    case 'variant':
      return other.kind === 'variant' && areSameNamed(one.cases, other.cases, same);
    case 'tuple':
      return (
        other.kind === 'tuple' &&
        one.of.length === other.of.length &&
        one.of.every((type, index) => same(type, other.of[index]))
      );
    case 'enum':
    case 'flags':
      return other.kind === one.kind && one.names.join() === other.names.join();
    case 'own':
    case 'borrow':
      return other.kind === one.kind && same(one.resource, other.resource);
    case 'map':
      return other.kind === 'map' && same(one.key, other.key) && same(one.value, other.value);
    default:
      return one.kind === other.kind;
  }
}

interface Named {
  readonly name: string;
  readonly type: WitType | undefined;
}

function areSameNamed(
  some: readonly Named[],
  others: readonly Named[],
  same: (a: WitType | undefined, b: WitType | undefined) => boolean,
): boolean {
  return (
    some.length === others.length &&
    some.every(({ name, type }, index) => name === others[index]?.name && same(type, others[index].type))
  );
}
