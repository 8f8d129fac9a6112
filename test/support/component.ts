import { componentEmbed, componentNew, parse } from '@bytecodealliance/jco-transpile/wasm-tools';

/** A component of that WIT, which traps whatever is called of it. */
export async function componentOf(wit: string): Promise<Uint8Array> {
  return componentNew(await componentEmbed({ dummy: true, witSource: wit }), []);
}

const handlerWit = `
  package wasi:http@0.2.0;
  interface types { resource incoming-request; resource response-outparam; }
  interface incoming-handler {
    use types.{incoming-request, response-outparam};
    handle: func(request: incoming-request, response-out: response-outparam);
  }
  world handler { export incoming-handler; }
`;

/** A component that answers requests by a function of core wasm, given as text: its body, and what is beside it. */
export async function handlerOf(body: string, beside = ''): Promise<Uint8Array> {
  const binary = await parse(`(module
    (memory (export "memory") 1)
    ${beside}
    (func (export "wasi:http/incoming-handler@0.2.0#handle") (param i32 i32) ${body}))`);
  return componentNew(await componentEmbed({ binary, witSource: handlerWit, dummy: false }), []);
}
