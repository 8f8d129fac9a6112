import * as v from 'valibot';
import { checkedMap } from '../../composition/options/checked-map.ts';
import { oneOf } from '../../settings/schema/schema-parts.ts';

const SCOPES = ['file', 'test'] as const;
const schema = v.object({ scope: oneOf(SCOPES, '') });

/** How long a host of `hostTest` lives. */
export type Scope = (typeof SCOPES)[number];

/** The scope that the second argument of `hostTest` says. Throws a `HostError` where it is none. */
export function checkedScope(given: unknown): Scope {
  const caller = 'the second argument of hostTest';
  return (
    checkedMap(schema, given, caller, 'how long a host lives, such as { scope: "test" }').scope ?? 'file'
  );
}
