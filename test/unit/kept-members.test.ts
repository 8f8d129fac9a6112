import { expect, test } from 'vitest';
import { ComponentState } from '../../host/engine/link/component-state.ts';
import type { MemberPlan } from '../../host/engine/link/link-plan.ts';
import { InstanceKeeping, KeptMembers } from '../../host/runtime/worker/kept-members.ts';

const place = (count: number): MemberPlan['begin'] => ({ modules: count, cores: count, components: count });
/** Two components after the one around them; the first defines resources of kind 5. */
const members: MemberPlan[] = [
  { name: 'kept', begin: place(1), end: place(2) },
  { name: 'other', begin: place(2), end: place(3) },
];
const kinds = new Map([[1, [5]]]);

function keeping(instances: number, calls = Number.POSITIVE_INFINITY) {
  const pool = new KeptMembers({ members, kept: new Map([[0, { instances, calls, along: [] }]]), kinds });
  const instance = () => {
    const components = [new ComponentState(), new ComponentState(), new ComponentState()];
    return { components, one: new InstanceKeeping(pool, components) };
  };
  return { instance };
}

test('so many instances keep it, and another one when one of them has ended', () => {
  const { instance } = keeping(1);
  const [first, second] = [instance(), instance()];
  expect([...first.one.next()]).toEqual([0]);
  expect([...second.one.next()]).toEqual([]);
  expect([...first.one.next()]).toEqual([0]);
  first.one.release();
  first.one.release();
  expect([...second.one.next()]).toEqual([0]);
});

test('it begins anew after so many calls', () => {
  const { instance } = keeping(1, 2);
  const { one } = instance();
  one.called(1);
  expect([...one.next()]).toEqual([0]);
  one.called(1);
  expect([...one.next()]).toEqual([]);
  one.called(1);
  expect([...one.next()]).toEqual([0]);
});

test('it begins anew where another component has kept a resource of it, and then is gone', () => {
  const { instance } = keeping(1);
  const { one, components } = instance();
  const handle = components[2]?.handles.own(5, {}) ?? 0;
  expect([...one.next()]).toEqual([]);
  components[2]?.handles.take(5, handle);
  expect([...one.next()]).toEqual([0]);
  components[1]?.handles.own(5, {});
  expect([...one.next()], 'its own do no harm').toEqual([0]);
});
