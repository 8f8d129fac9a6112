import type { ResourceKinds } from '../abi/resource-kinds.ts';
import { parseInterfaceName } from '../decode/interface-name.ts';
import { AsyncCall } from './async-call.ts';
import { CompiledCall } from './call-function.ts';
import { compileAsyncImport, compileImport } from './import-function.ts';
import { type CoreFunctionPlan, isAsync, type LinkPlan } from './link-plan.ts';
import { compileBuiltin } from './made-builtin.ts';
import type { MadeFunction } from './made-function.ts';

/** Compiles the core functions of a plan, for all its instances. Throws `UnsupportedType`. */
export function compileFunctions(
  plan: Omit<LinkPlan, 'modules'>,
  suspending: ReadonlySet<number>,
  kinds: ResourceKinds,
): MadeFunction[] {
  const usesAsync = isAsync(plan);
  return plan.functions.map((planned, index) =>
    compileFunction(planned, plan, { waits: suspending.has(index), usesAsync }, kinds),
  );
}

function compileFunction(
  planned: CoreFunctionPlan,
  { components, resources }: Omit<LinkPlan, 'modules'>,
  { waits, usesAsync }: { readonly waits: boolean; readonly usesAsync: boolean },
  kinds: ResourceKinds,
): MadeFunction {
  switch (planned.kind) {
    case 'export':
      return planned;
    case 'new':
    case 'rep': {
      const { kind, resource, component } = planned;
      return { kind, resource: kinds.of(resource), component };
    }
    case 'drop': {
      const { resource, component } = planned;
      const made = { kind: 'drop', resource: kinds.of(resource), component } as const;
      const own = resources.get(resource);
      if (own === undefined) return made;
      const entered = enteredBy(component, own.component, components);
      return { ...made, own: { destructor: own.destructor, entered } };
    }
    case 'builtin': {
      return { kind: 'builtin', ...compileBuiltin(planned.builtin, kinds), component: planned.component };
    }
    case 'import': {
      const { function: imported, component, options } = planned;
      const compiled = options.isAsync
        ? compileAsyncImport(imported, kinds, options.encoding)
        : compileImport(imported, kinds, waits, options.encoding);
      return {
        kind: 'import',
        interface: parseInterfaceName(imported.interface).key,
        label: imported.label,
        member: imported.member ?? 0,
        isAsync: imported.type.isAsync,
        ...compiled,
        component,
        options,
      };
    }
    case 'call': {
      const { function: lifted, component, options } = planned;
      const entered = enteredBy(component, lifted.component, components);
      if (lifted.type.isAsync) {
        const call = new AsyncCall(planned, resources, kinds);
        return { kind: 'async-call', call, function: lifted, component, options, entered };
      }
      const call = new CompiledCall(planned, resources, entered.length, kinds, usesAsync);
      return { kind: 'call', call, function: lifted, component, options, entered };
    }
  }
}

/**
 * The component instances that a call enters: the callee and those around it, without the caller and those around that.
 * Source: `ComponentInstance.entering_set` of `CanonicalABI.md`.
 */
function enteredBy(caller: number, callee: number, components: LinkPlan['components']): number[] {
  const around = new Set(selfAndAncestors(caller, components));
  return selfAndAncestors(callee, components).filter((component) => !around.has(component));
}

function selfAndAncestors(component: number, components: LinkPlan['components']): number[] {
  const found: number[] = [];
  for (let at: number | undefined = component; at !== undefined; at = components[at]?.parent) found.push(at);
  return found;
}
