/**
 * A core module that calls a handler and then the host:
 *
 *     (func (export "run") (param i32 i32) (call $handle (local.get 0) (local.get 1)) (call $done))
 *
 * With it the host knows that a handler has ended before the promise of its stack does, which is some turns of the
 * microtask queue later: the instance can serve the next request at once.
 */
// biome-ignore format: one line for each section of the module
const bytes = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
  0x01, 0x09, 0x02, 0x60, 0x02, 0x7f, 0x7f, 0x00, 0x60, 0x00, 0x00,
  0x02, 0x15, 0x02, 0x01, 0x68, 0x06, 0x68, 0x61, 0x6e, 0x64, 0x6c, 0x65, 0x00, 0x00, 0x01, 0x68, 0x04, 0x64, 0x6f, 0x6e, 0x65, 0x00, 0x01,
  0x03, 0x02, 0x01, 0x00,
  0x07, 0x07, 0x01, 0x03, 0x72, 0x75, 0x6e, 0x00, 0x02,
  0x0a, 0x0c, 0x01, 0x0a, 0x00, 0x20, 0x00, 0x20, 0x01, 0x10, 0x00, 0x10, 0x01, 0x0b,
]);

let compiled: WebAssembly.Module | undefined;

/** A function that calls `handle` on a stack of its own, and `done` behind it. Its promise matters where it rejects. */
export function entryOf(
  handle: WebAssembly.CoreFunction,
  done: () => void,
): (request: number, outparam: number) => Promise<unknown> {
  compiled ??= new WebAssembly.Module(bytes);
  const { run } = new WebAssembly.Instance(compiled, { h: { handle, done } }).exports;
  return WebAssembly.promising(run as WebAssembly.CoreFunction);
}
