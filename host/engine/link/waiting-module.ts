import { type CoreType, coreCodes as codes } from '../abi/layout.ts';
import { BinaryWriter } from '../reset/binary-writer.ts';

/** The names by which the module imports and exports; `attempt` and `call` are followed by the function's number. */
export const waitingNames = { module: 'host', attempt: 'attempt', wait: 'wait', call: 'call' } as const;

/**
 * A core module with a function for each given list of parameters:
 *
 *     (func (export "call0") (param …) (if (call $attempt0 (local.get 0) …) (then (call $wait))))
 *
 * V8 suspends a guest at each call of a suspending import, also when it answers at once. Here the host's function is a
 * plain import, which says whether there is something to wait for; only then is the suspending `wait` called.
 */
export function writeWaitingModule(functions: readonly (readonly CoreType[])[]): Uint8Array<ArrayBuffer> {
  const count = functions.length;
  // Types: 0 is that of `wait`; each function has one for its attempt and one for itself.
  const types = new BinaryWriter()
    .u32(1 + 2 * count)
    .byte(0x60)
    .u32(0)
    .u32(0);
  const imports = new BinaryWriter().u32(count + 1);
  const declared = new BinaryWriter().u32(count);
  const exports = new BinaryWriter().u32(count);
  const bodies = new BinaryWriter().u32(count);
  for (const [index, params] of functions.entries()) {
    for (const results of [[codes.i32], []]) {
      types.byte(0x60).u32(params.length);
      for (const param of params) types.byte(codes[param]);
      types.u32(results.length);
      for (const result of results) types.byte(result);
    }
    imports
      .name(waitingNames.module)
      .name(`${waitingNames.attempt}${index}`)
      .byte(0)
      .u32(1 + 2 * index);
    declared.u32(2 + 2 * index);
    exports
      .name(`${waitingNames.call}${index}`)
      .byte(0)
      .u32(count + 1 + index);
    const body = writeBody(params.length, index, count);
    bodies.u32(body.length).bytes(body);
  }
  imports.name(waitingNames.module).name(waitingNames.wait).byte(0).u32(0);
  const module = new BinaryWriter().bytes(Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00));
  const sections = [
    [1, types],
    [2, imports],
    [3, declared],
    [7, exports],
    [10, bodies],
  ] as const;
  for (const [id, section] of sections) {
    const content = section.finish();
    module.byte(id).u32(content.length).bytes(content);
  }
  return module.finish();
}

function writeBody(params: number, attempt: number, wait: number): Uint8Array {
  const body = new BinaryWriter().u32(0);
  for (let index = 0; index < params; index += 1) body.byte(0x20).u32(index);
  body.byte(0x10).u32(attempt);
  body.byte(0x04).byte(0x40).byte(0x10).u32(wait).byte(0x0b);
  return body.byte(0x0b).finish();
}
