import type { ComponentState } from '../../engine/link/component-state.ts';
import type { MemberPlan } from '../../engine/link/link-plan.ts';
import type { KeptMember } from '../../engine/link/program.ts';

/** What there is to know of a program some of whose components keep their memory. */
export interface KeepingProgram {
  readonly members: readonly MemberPlan[];
  readonly kept: ReadonlyMap<number, KeptMember>;
  /** The kinds of the resources that each component instance defines. */
  readonly kinds: ReadonlyMap<number, readonly number[]>;
}

/** The components of a program that keep their memory from one request to the next, in this thread. */
export class KeptMembers {
  readonly program: KeepingProgram;
  /** In how many instances of the program each is kept. */
  readonly #taken = new Map<number, number>();

  constructor(program: KeepingProgram) {
    this.program = program;
  }

  /** Whether one more instance may keep it. */
  take(member: number): boolean {
    const taken = this.#taken.get(member) ?? 0;
    if (taken >= (this.program.kept.get(member)?.instances ?? 0)) return false;
    this.#taken.set(member, taken + 1);
    return true;
  }

  give(member: number): void {
    this.#taken.set(member, (this.#taken.get(member) ?? 1) - 1);
  }
}

/** What of one instance of the program is kept. */
export class InstanceKeeping {
  readonly #pool: KeptMembers;
  readonly #components: readonly ComponentState[];
  readonly #held = new Set<number>();

  constructor(pool: KeptMembers, components: readonly ComponentState[]) {
    this.#pool = pool;
    this.#components = components;
  }

  /** The host calls an export of a component instance. */
  called(component: number): void {
    const state = this.#components[component];
    if (state !== undefined) state.calls += 1;
  }

  /** A request has ended: the components that stay as they are. Those that are not named begin anew. */
  next(): ReadonlySet<number> {
    const staying = new Set<number>();
    for (const [member, { calls, along }] of this.#pool.program.kept) {
      if (!this.#held.has(member)) {
        if (!this.#pool.take(member)) continue;
        this.#held.add(member);
      }
      if (this.#callsOf(member) >= calls) continue;
      for (const one of [member, ...along]) staying.add(one);
    }
    // A handle must not outlive what it stands for.
    if (staying.size > 0 && this.#holdsAcross(staying)) staying.clear();
    for (const [member] of this.#pool.program.kept) if (!staying.has(member)) this.#forgetCalls(member);
    return staying;
  }

  /** The instance is not used again. */
  release(): void {
    for (const member of this.#held) this.#pool.give(member);
    this.#held.clear();
  }

  #callsOf(member: number): number {
    return this.#states(member).reduce((sum, { calls }) => sum + calls, 0);
  }

  #forgetCalls(member: number): void {
    for (const state of this.#states(member)) state.calls = 0;
  }

  #states(member: number): readonly ComponentState[] {
    const { begin, end } = this.#pool.program.members[member] ?? nobody;
    return this.#components.slice(begin.components, end.components);
  }

  /** Whether a component that stays holds a resource of one that begins anew, or the other way round. */
  #holdsAcross(staying: ReadonlySet<number>): boolean {
    const { members, kinds } = this.#pool.program;
    const stays = (component: number): boolean =>
      staying.has(members.findIndex(({ end }) => component < end.components));
    return this.#components.some(
      ({ handles }, holder) =>
        handles.count > 0 &&
        [...kinds].some(
          ([definer, own]) => stays(holder) !== stays(definer) && own.some((kind) => handles.has(kind)),
        ),
    );
  }
}

const nobody: Pick<MemberPlan, 'begin' | 'end'> = {
  begin: { modules: 0, cores: 0, components: 0 },
  end: { modules: 0, cores: 0, components: 0 },
};
