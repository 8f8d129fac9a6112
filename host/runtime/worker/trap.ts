import type { Trap } from '../outcome.ts';
import { demangle } from './demangle.ts';
import { GuestExit } from './guest-exit.ts';

/** `at name (wasm://wasm/0011aabb:wasm-function[12]:0x1f2)`, where name and parentheses may be missing. */
const frame = /^\s*at (?:(?:async )?(.+?) \()?wasm:\/\/[^)]*:wasm-function\[(\d+)\]:(0x[0-9a-f]+)\)?$/;

/** Why a handler stopped, from what it threw. */
export function describeTrap(thrown: unknown): Trap {
  if (thrown instanceof GuestExit) return { reason: thrown.message, backtrace: [] };
  if (thrown instanceof RangeError && /call stack/i.test(thrown.message)) {
    const reason = 'call stack exhausted (endless recursion?)';
    return { reason, backtrace: backtraceOf(thrown.stack), isStackExhausted: true };
  }
  if (thrown instanceof WebAssembly.RuntimeError) {
    return { reason: thrown.message.replace(/^wasm trap: /, ''), backtrace: backtraceOf(thrown.stack) };
  }
  if (thrown instanceof Error) {
    return {
      reason: thrown.message,
      backtrace: backtraceOf(thrown.stack),
      hostStack: thrown.stack ?? thrown.message,
    };
  }
  return { reason: `the handler threw ${JSON.stringify(thrown)}`, backtrace: [] };
}

/** Unwinds a guest whose answer nobody waits for any more. */
export class GuestAbort extends Error {
  override readonly name = 'GuestAbort';
}

function backtraceOf(stack: string | undefined): string[] {
  return (stack ?? '').split('\n').flatMap((line) => {
    const match = frame.exec(line);
    if (match === null) return [];
    const [, name, index, offset] = match;
    return [`${readable(name) ?? `wasm-function[${index}]`} @ ${offset}`];
  });
}

/** V8 puts the module's name in front: `component.wasm.symbol`. */
function readable(name: string | undefined): string | undefined {
  return name === undefined ? undefined : demangle(name.replace(/^[\w-]+\.wasm\./, ''));
}
