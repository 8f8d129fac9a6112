import type { WitType } from '../decode/wit-type.ts';
import { UnsupportedType } from './layout.ts';
import type { ResourceKinds } from './resource-kinds.ts';
import type { StringEncoding } from './string-encoding.ts';

/** One side of a call, by the names under which the code that is written finds its parts. */
export interface Side {
  /** Its `GuestMemory`. */
  readonly memory: string;
  /** Its `Handles`. */
  readonly handles: string;
  readonly encoding: StringEncoding;
  readonly kinds: ResourceKinds;
  /** Its `AsyncTable`, beside the types `t`; absent where no streams or futures can pass. */
  readonly table?: string;
  /** The `CallScope` of a call between guests, which knows what is borrowed for it; absent where the host is on the other side. */
  readonly scope?: string;
  /** Whether the guest defines a resource type: it then gets what it has made instead of a handle to borrow. */
  readonly defines?: (resource: WitType) => boolean;
}

/** The name of the side's `AsyncTable`. Throws `UnsupportedType` where it has none. */
export function asyncTable({ table }: Side, { kind }: WitType): string {
  if (table === undefined)
    throw new UnsupportedType(`it passes the type ${kind} from one component to another`);
  return table;
}

/** Methods of `GuestMemory` for strings. */
export const textMethods: Readonly<
  Record<StringEncoding, { readonly read: string; readonly readListed: string; readonly put: string }>
> = {
  utf8: { read: 'text', readListed: 'listedText', put: 'putText' },
  utf16: { read: 'wideText', readListed: 'listedWideText', put: 'putWideText' },
  'latin1+utf16': { read: 'compactText', readListed: 'listedCompactText', put: 'putCompactText' },
};
