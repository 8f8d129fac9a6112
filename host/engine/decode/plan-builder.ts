import type {
  ComponentInstancePlan,
  CoreExport,
  CoreFunctionPlan,
  CoreInstancePlan,
  ExportedFunction,
  LinkPlan,
  MemberPlan,
  ResourcePlan,
} from '../link/link-plan.ts';
import type { BinaryReader } from './binary-reader.ts';
import { NotLinkable } from './not-linkable.ts';
import type { WitType } from './wit-type.ts';

/** As many as a component may have within it: each is read anew, and a few bytes can ask for any number. */
const mostComponents = 1000;

/** Gathers a link plan. What is beyond the linker is noted, not thrown: the rest of the component is still read. */
export class PlanBuilder {
  readonly modules: Uint8Array<ArrayBuffer>[] = [];
  readonly instances: CoreInstancePlan[] = [];
  readonly functions: CoreFunctionPlan[] = [];
  readonly tables: CoreExport[] = [];
  readonly memories: CoreExport[] = [];
  readonly globals: CoreExport[] = [];
  readonly tags: CoreExport[] = [];
  readonly components: ComponentInstancePlan[] = [];
  readonly resources = new Map<WitType, ResourcePlan>();
  readonly exports: ExportedFunction[] = [];
  readonly members: MemberPlan[] = [];
  /** By where they are in the binary. */
  readonly #modules = new Map<number, number>();
  #problem: string | undefined;

  /** Answers the number of a further component instance. Throws a `TypeError` where there are too many. */
  addComponent(parent: number | undefined): number {
    if (this.components.length >= mostComponents)
      throw new TypeError(`it makes more than ${mostComponents} instances of components`);
    return this.components.push({ parent }) - 1;
  }

  /** Answers the number of a core module; one that is read again for another instance of its component has the same. */
  addModule(section: BinaryReader): number {
    const { position } = section;
    const known = this.#modules.get(position);
    if (known !== undefined) return known;
    const module = this.modules.push(section.rest()) - 1;
    this.#modules.set(position, module);
    return module;
  }

  /** What follows belongs to a component of several that are put together. Answers what `endMember` takes. */
  beginMember(name: string): Omit<MemberPlan, 'end'> {
    this.#modules.clear();
    return { name, begin: this.#place };
  }

  endMember(begun: Omit<MemberPlan, 'end'>): void {
    this.members.push({ ...begun, end: this.#place });
  }

  get #place(): MemberPlan['begin'] {
    const cores = this.instances.filter(({ kind }) => kind === 'module').length;
    return { modules: this.modules.length, cores, components: this.components.length };
  }

  note(problem: string): void {
    this.#problem ??= problem;
  }

  /** Throws `NotLinkable`. */
  finish(): LinkPlan {
    if (this.#problem !== undefined) throw new NotLinkable(this.#problem);
    const { modules, instances, functions, tables, memories, globals, tags } = this;
    const { components, resources, exports, members } = this;
    return {
      modules,
      instances,
      functions,
      tables,
      memories,
      globals,
      tags,
      components,
      resources,
      exports,
      ...(members.length === 0 ? {} : { members }),
    };
  }
}
