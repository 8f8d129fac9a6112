import { componentEmbed, componentNew } from '@bytecodealliance/jco-transpile/wasm-tools';

/** A component of that WIT, which traps whatever is called of it. */
export async function componentOf(wit: string): Promise<Uint8Array> {
  return componentNew(await componentEmbed({ dummy: true, witSource: wit }), []);
}
