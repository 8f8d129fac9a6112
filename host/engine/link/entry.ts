/**
 * A core module that calls a handler and then the host, and again when the host has another request for this stack:
 *
 *     (func (export "run")
 *       (loop
 *         (call $handle (call $request) (call $outparam))
 *         (if (call $done) (then (call $rest) (br 1)))))
 *
 * With `done` the host knows that a handler has ended before the promise of its stack does, which is some turns of the
 * microtask queue later: the instance can serve the next request at once. `rest` keeps the stack of a guest that
 * waited for a store; V8 maps and unmaps memory for stacks where many of them are in use.
 */
// biome-ignore format: one line for each section of the module, and for each import and instruction
const bytes = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
  0x01, 0x0d, 0x03, 0x60, 0x02, 0x7f, 0x7f, 0x00, 0x60, 0x00, 0x01, 0x7f, 0x60, 0x00, 0x00,
  0x02, 0x37, 0x05,
    0x01, 0x68, 0x06, 0x68, 0x61, 0x6e, 0x64, 0x6c, 0x65, 0x00, 0x00,
    0x01, 0x68, 0x07, 0x72, 0x65, 0x71, 0x75, 0x65, 0x73, 0x74, 0x00, 0x01,
    0x01, 0x68, 0x08, 0x6f, 0x75, 0x74, 0x70, 0x61, 0x72, 0x61, 0x6d, 0x00, 0x01,
    0x01, 0x68, 0x04, 0x64, 0x6f, 0x6e, 0x65, 0x00, 0x01,
    0x01, 0x68, 0x04, 0x72, 0x65, 0x73, 0x74, 0x00, 0x02,
  0x03, 0x02, 0x01, 0x02,
  0x07, 0x07, 0x01, 0x03, 0x72, 0x75, 0x6e, 0x00, 0x05,
  0x0a, 0x16, 0x01, 0x14, 0x00,
    0x03, 0x40, 0x10, 0x01, 0x10, 0x02, 0x10, 0x00,
    0x10, 0x03, 0x04, 0x40, 0x10, 0x04, 0x0c, 0x01, 0x0b, 0x0b, 0x0b,
]);

let compiled: WebAssembly.Module | undefined;

/** What the loop calls; functions without an object. */
export interface EntryHost {
  /** The handle of the request that is to be served. */
  readonly request: () => number;
  /** The handle of its `response-outparam`. */
  readonly outparam: () => number;
  /** A handler has ended. Answers 1 where the stack is to be kept for the next request, and 0 where it may go. */
  readonly done: () => number;
  /** Resolves when there is a next request. */
  readonly rest: () => Promise<void>;
}

/** A function that calls `handle` on a stack of its own. Its promise matters where it rejects. */
export function entryOf(handle: WebAssembly.CoreFunction, host: EntryHost): () => Promise<unknown> {
  compiled ??= new WebAssembly.Module(bytes);
  const { run } = new WebAssembly.Instance(compiled, {
    h: { ...host, handle, rest: new WebAssembly.Suspending(host.rest) },
  }).exports;
  return WebAssembly.promising(run as WebAssembly.CoreFunction) as () => Promise<unknown>;
}
