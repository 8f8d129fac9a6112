import { componentOf } from '../../engine/module-name.ts';
import type { Trap } from '../outcome.ts';
import { demangle } from './demangle.ts';
import { GuestExit } from './guest-exit.ts';

/** `at name (wasm://wasm/0011aabb:wasm-function[12]:0x1f2)`, where name and parentheses may be missing. */
const frame = /^\s*at (?:(?:async )?(.+?) \()?(wasm:\/\/[^)]*):wasm-function\[(\d+)\]:(0x[0-9a-f]+)\)?$/;

/** Why a handler stopped, from what it threw. */
export function describeTrap(thrown: unknown): Trap {
  if (thrown instanceof GuestExit) return { reason: thrown.message, backtrace: [] };
  if (thrown instanceof RangeError && /call stack/i.test(thrown.message)) {
    return { ...described('call stack exhausted (endless recursion?)', thrown), isStackExhausted: true };
  }
  if (thrown instanceof WebAssembly.RuntimeError)
    return described(thrown.message.replace(/^wasm trap: /, ''), thrown);
  if (thrown instanceof Error)
    return { ...described(thrown.message, thrown), hostStack: thrown.stack ?? thrown.message };
  return { reason: `the handler threw ${JSON.stringify(thrown)}`, backtrace: [] };
}

/** Unwinds a guest whose answer nobody waits for any more. */
export class GuestAbort extends Error {
  override readonly name = 'GuestAbort';
}

/** Names the component where there are several. */
function described(reason: string, { stack }: Error): Trap {
  const frames = framesOf(stack);
  const [component] = frames.flatMap((one) => one.component ?? []);
  return {
    reason: component === undefined ? reason : `${component}: ${reason}`,
    backtrace: frames.map(({ component: own, text }) => (own === undefined ? text : `${own}: ${text}`)),
  };
}

interface Frame {
  readonly component: string | undefined;
  readonly text: string;
}

function framesOf(stack: string | undefined): Frame[] {
  return (stack ?? '').split('\n').flatMap((line) => {
    const match = frame.exec(line);
    if (match === null) return [];
    const [, name, url = '', index, offset] = match;
    return [
      { component: componentOf(url), text: `${readable(name) ?? `wasm-function[${index}]`} @ ${offset}` },
    ];
  });
}

/** V8 puts the module's name in front: `component.wasm.symbol`; of a function without a name it says only that. */
function readable(name: string | undefined): string | undefined {
  const own = name?.replace(/^[\w+-]+\.wasm(?:\.|$)/, '');
  return own ? demangle(own) : undefined;
}
