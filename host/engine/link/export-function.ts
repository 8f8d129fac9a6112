import type { GuestMemory } from '../abi/guest-memory.ts';
import type { ResourceKinds } from '../abi/resource-kinds.ts';
import type { Side } from '../abi/side.ts';
import { Source } from '../abi/source.ts';
import { writeArguments, writeResult } from './callee-side.ts';
import type { Handles } from './handles.ts';
import type { LiftedFunction } from './link-plan.ts';
import { runtime } from './runtime.ts';

/** What the host needs to call a function that a guest exports. */
export interface HostCall {
  /** Lowers the arguments to flat values. */
  readonly lower: (args: readonly unknown[], flats: (number | bigint)[]) => void;
  /** Lifts the flat result. */
  readonly lift: (flat: number | bigint | undefined) => unknown;
}

/** Makes a `HostCall` for one instance. */
export type ExportFactory = (memory: GuestMemory | undefined, handles: Handles) => HostCall;

/** Compiles what stands between the host and a function that a guest exports; see `compileImport`. Throws `UnsupportedType`. */
export function compileExport({ type, options }: LiftedFunction, kinds: ResourceKinds): ExportFactory {
  const side: Side = { memory: 'm', handles: 'h', encoding: options.encoding, kinds };
  const lower = new Source();
  const values = type.params.map((_, index) => lower.constant(`args[${index}]`));
  for (const [index, flat] of writeArguments(type, values, side, lower).entries())
    lower.line(`flats[${index}] = ${flat};`);
  const lift = new Source();
  lift.line(`return ${writeResult(type, 'f', side, lift) ?? 'undefined'};`);
  const refresh = 'if (m !== undefined) m.refresh();';
  const text = [
    "'use strict';",
    `return { lower(args, flats) { ${refresh}`,
    lower,
    `}, lift(f) { ${refresh}`,
    lift,
    '} };',
  ].join('\n');
  const make = new Function('m', 'h', 'r', text) as (
    memory: GuestMemory | undefined,
    handles: Handles,
    helpers: typeof runtime,
  ) => HostCall;
  return (memory, handles) => make(memory, handles, runtime);
}
