import type { HostImports } from '../../engine/link/host-imports.ts';
import { type Done, Linker } from '../../engine/link/linker.ts';
import type { LinkedProgram, Program, TranspiledProgram } from '../../engine/link/program.ts';
import { newKnowledge, Snapshot } from '../../engine/reset/snapshot.ts';
import type { IncomingRequest } from '../../interfaces/http/incoming.ts';
import type { ResponseOutparam } from '../../interfaces/http/outgoing.ts';
import type { Pause } from '../ipc/channel.ts';
import type { MemoryBudget } from './memory-budget.ts';

/** A component in this thread, that instances can be made of. */
export interface RunnableProgram {
  /** When a handler that is called begins; absent: at once. */
  readonly begins?: Pause;
  /** Throws what the component's start throws. */
  instantiate(imports: HostImports): ProgramInstance;
}

export interface ProgramInstance {
  /**
   * Calls the handler, and then either `done`, perhaps before this returns, or `fail` with the trap. `done` is told
   * whether the instance would keep its stack, so that its next request begins in a microtask, and answers whether there
   * will be one.
   */
  handle(
    request: IncomingRequest,
    outparam: ResponseOutparam,
    done: Done,
    fail: (thrown: unknown) => void,
  ): void;
  /** Brings the instance back to its start after a handler has ended in good order; false where it can't be. */
  reset?(): boolean;
  /** It is not used again. May be called more than once. */
  discard?(): void;
}

/** The glue that jco emits. */
interface Glue {
  instantiate(
    getCoreModule: (name: string) => WebAssembly.Module,
    imports: HostImports,
  ): {
    readonly incomingHandler: {
      handle(request: IncomingRequest, outparam: ResponseOutparam): Promise<void>;
    };
  };
}

/** @param budget of the instances' memory */
export async function loadProgram(program: Program, budget: MemoryBudget): Promise<RunnableProgram> {
  if (program.kind === 'linked') return linkedProgram(program, budget);
  const glue = (await import(program.glue)) as Glue;
  return {
    // Other requests must not count as begun before it is seen whether this one ever ends.
    begins: 'turn',
    instantiate(imports) {
      const { incomingHandler } = glue.instantiate((name) => moduleNamed(name, program), imports);
      return {
        handle(request, outparam, done, fail) {
          incomingHandler.handle(request, outparam).then(() => void done(false), fail);
        },
      };
    },
  };
}

function linkedProgram(program: LinkedProgram, budget: MemoryBudget): RunnableProgram {
  const { reset } = program;
  const linker = new Linker(program);
  const known = newKnowledge();
  return {
    instantiate(imports) {
      const instance = linker.instantiate(imports);
      const handle: ProgramInstance['handle'] = (request, outparam, done, fail) =>
        instance.call([request, outparam], done, fail);
      if ('problem' in reset) return { handle, discard: () => instance.discard() };
      const snapshot = new Snapshot(instance, reset, known, budget.ask);
      budget.take(snapshot.memoryPages);
      let isDiscarded = false;
      return {
        handle,
        reset: () => snapshot.restore(),
        discard() {
          instance.discard();
          if (!isDiscarded) budget.give(snapshot.memoryPages);
          isDiscarded = true;
        },
      };
    },
  };
}

function moduleNamed(name: string, { modules }: TranspiledProgram): WebAssembly.Module {
  const module = modules.get(name);
  if (module === undefined)
    throw new Error(`the glue asks for a core module ${name} that was not transpiled`);
  return module;
}
