import { Linker } from '../abi/linker.ts';
import type { Program, TranspiledProgram } from '../component/program.ts';
import type { IncomingRequest } from '../wasi/http/incoming.ts';
import type { ResponseOutparam } from '../wasi/http/outgoing.ts';
import type { Interfaces } from '../wasi/imports.ts';

/** A component in this thread, that instances can be made of. */
export interface RunnableProgram {
  /** Throws what the component's start throws. */
  instantiate(imports: Interfaces): ProgramInstance;
}

export interface ProgramInstance {
  /** Resolves when the handler has ended; rejects with its trap. */
  handle(request: IncomingRequest, outparam: ResponseOutparam): Promise<unknown>;
}

/** The glue that jco emits. */
interface Glue {
  instantiate(
    getCoreModule: (name: string) => WebAssembly.Module,
    imports: Interfaces,
  ): { readonly incomingHandler: ProgramInstance };
}

export async function loadProgram(program: Program): Promise<RunnableProgram> {
  if (program.kind === 'linked') return new Linker(program.plan, program.modules);
  const glue = (await import(program.glue)) as Glue;
  return {
    instantiate: (imports) => glue.instantiate((name) => moduleNamed(name, program), imports).incomingHandler,
  };
}

function moduleNamed(name: string, { modules }: TranspiledProgram): WebAssembly.Module {
  const module = modules.get(name);
  if (module === undefined)
    throw new Error(`the glue asks for a core module ${name} that was not transpiled`);
  return module;
}
