import { functionForm } from '../../engine/decode/typescript-text.ts';
import { namesOf } from '../../engine/decode/wit-text.ts';
import type { FunctionType, InterfaceDescription, WitType } from '../../engine/decode/wit-type.ts';
import { type HostName, hostName } from '../../engine/link/host-name.ts';
import { shownValue } from '../../settings/shown-value.ts';
import { nearest } from '../../shared/nearest.ts';
import { partsOf } from './map-resources.ts';

/** What a module has to have for a function of an import. */
interface Member {
  readonly func: string;
  readonly type: FunctionType;
  readonly at: HostName;
}

/**
 * What a module lacks of an import, or has in another shape: one line each, with the TypeScript signature that is expected. What its
 * functions answer is seen when they are called.
 *
 * @param members the exports of a module, or what a program gives in the place of them
 * @param resources the resource types that modules serve
 */
export function whyNotServed(
  members: object,
  { functions, types }: InterfaceDescription,
  resources: ReadonlySet<WitType>,
): string[] {
  const names = namesOf(types);
  return [...functions].flatMap(([func, type]) => {
    const member: Member = { func, type, at: hostName(func) };
    const problem = whyNoType(type, resources) ?? whyNoMember(members, member);
    return problem === undefined ? [] : [`${problem} Expected: ${functionForm(func, type, names)}`];
  });
}

/** Types that can't pass to a module and back. */
function whyNoType({ params, result }: FunctionType, resources: ReadonlySet<WitType>): string | undefined {
  const seen = new Set<WitType>();
  const visit = (type: WitType): string | undefined => {
    if (seen.has(type)) return undefined;
    seen.add(type);
    if (type.kind === 'stream' || type.kind === 'future' || type.kind === 'error-context')
      return `Its type has a ${type.kind}, which modules can't be given.`;
    if ((type.kind === 'own' || type.kind === 'borrow') && !resources.has(type.resource))
      return 'Its type has a resource of an interface that no module serves.';
    for (const part of partsOf(type)) {
      const problem = visit(part);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
  for (const type of [...params.map((param) => param.type), ...(result === undefined ? [] : [result])]) {
    const problem = visit(type);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function whyNoMember(members: object, { type, at }: Member): string | undefined {
  const { kind, resource, member } = at;
  if (resource === undefined) return whyNoFunction(members, member, '', type.params.length);
  const made: unknown = Reflect.get(members, resource);
  if (typeof made !== 'function')
    return made === undefined
      ? `There is no class ${resource}.${suggestion(members, resource)}`
      : `${resource} is ${shownValue(made)}, and no class.`;
  if (kind === 'static') return whyNoFunction(made, member, `${resource}.`, type.params.length);
  const prototype: unknown = made.prototype;
  if (typeof prototype !== 'object' || prototype === null) return `${resource} is a function, and no class.`;
  if (kind === 'method') return whyNoFunction(prototype, member, `${resource}.`, type.params.length - 1);
  return tooMany(made, `The constructor of ${resource}`, type.params.length);
}

function whyNoFunction(owner: object, name: string, before: string, count: number): string | undefined {
  const value: unknown = Reflect.get(owner, name);
  if (typeof value === 'function') return tooMany(value, `${before}${name}`, count);
  if (value !== undefined) return `${before}${name} is ${shownValue(value)}, and no function.`;
  return `There is no function ${before}${name}.${suggestion(owner, name)}`;
}

/** Parameters with defaults, and those behind them, can't be told; fewer than there are do no harm. */
function tooMany({ length }: { readonly length: number }, name: string, count: number): string | undefined {
  return length > count
    ? `${name} takes ${length} ${length === 1 ? 'parameter' : 'parameters'}, and gets ${count}.`
    : undefined;
}

function suggestion(owner: object, name: string): string {
  const near = nearest(
    name,
    Object.getOwnPropertyNames(owner).filter((own) => own !== name),
  );
  return near === undefined ? '' : ` It has ${near}; is that the one?`;
}
